"""Assert that COMMIT means "on the disk": no 250 may be said over settings that lose it in a power cut."""

from __future__ import annotations

import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

SQLITE: dict[str, set[object]] = {"synchronous": {2, 3}, "journal_mode": {"wal"}}
POSTGRES: dict[str, set[object]] = {"fsync": {"on"}, "synchronous_commit": {"on", "remote_apply", "remote_write", "local"}, "full_page_writes": {"on"}}
"""`local` and `remote_write` flush our own disk before they answer; only `off` does not (PostgreSQL manual, 20.5)."""


class NotDurable(Exception):
    """The database would acknowledge a COMMIT that a power cut can lose. The message names the setting."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One durability setting as it is now."""

    name: str
    value: str
    right: bool


def settings() -> list[Setting]:
    """Return the durability settings of this process's own connection."""
    found = []
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for name, right in SQLITE.items():
                cursor.execute(f"PRAGMA {name}")  # names are constants of this module
                value = cursor.fetchone()[0]
                found.append(Setting(name, str(value), value in right))
        else:
            for name, right in POSTGRES.items():
                cursor.execute("SELECT current_setting(%s)", [name])
                value = cursor.fetchone()[0]
                found.append(Setting(name, value, value in right))
    return found


def require() -> None:
    """Raise NotDurable unless COMMIT is durable on this connection."""
    wrong = [s for s in settings() if not s.right]
    if wrong:
        raise NotDurable(", ".join(f"{s.name}={s.value}" for s in wrong) + ": a power cut could lose acknowledged mail")


def free_bytes(path: Path) -> int:
    """Return the bytes that an ordinary user may still write on the disk of this path."""
    return shutil.disk_usage(path).free


def sync_rate(folder: Path, seconds: float = 0.5) -> float:
    """Return how many 4 KiB appends with fdatasync the disk does in a second: the yardstick of every rate here."""
    path = folder / f".sync-rate.{os.getpid()}"
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        count, start = 0, time.monotonic()
        while (passed := time.monotonic() - start) < seconds:
            os.write(fd, b"\0" * 4096)
            os.fdatasync(fd)
            count += 1
        return count / passed
    finally:
        os.close(fd)
        path.unlink()
