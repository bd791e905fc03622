"""The data folder: made 0700 at first use, with its keys."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from sekimori.settings.types import Settings

KEYS = ("web", "ledger", "handles", "replies")


def ensure(settings: Settings) -> None:
    """Make the folder and its keys where they are missing. Idempotent; safe beside another process doing the same."""
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    if (settings.data.stat().st_mode & 0o077) and not any(settings.data.iterdir()):
        settings.data.chmod(0o700)
    keys = settings.data / "keys"
    keys.mkdir(exist_ok=True, mode=0o700)
    for name in KEYS:
        _write_once(keys / name, secrets.token_urlsafe(50))


def _write_once(path: Path, text: str) -> None:
    try:
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(fd, "w", encoding="ascii") as f:
        f.write(text)
