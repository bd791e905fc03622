"""Expiry: rows older than their retention go, on time, and the ledger says how many and which span. Nothing is kept "just in case"."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from django.db import connection, transaction

from sekimori.assignments.models import DAY_US, FeedGap, FrozenRow
from sekimori.assignments.store.base import RETENTION
from sekimori.assignments.store.interface import Expired, Store
from sekimori.ledger.service import write
from sekimori.values.actors import Actor
from sekimori.values.clock import from_micros, iso


def limits(days: int, own: Mapping[str, int], now: int) -> dict[str, int]:
    """Return the instants before which rows go, by retention class. `own` overrides the days of a class.

    Raises ValueError for a class that there is not, or a period below one day.
    """
    unknown = set(own) - set(RETENTION)
    if unknown:
        raise ValueError(f"there is no retention class {min(unknown)!r}; there are {', '.join(RETENTION)}")
    periods = {name: own.get(name, days) for name in RETENTION}
    if any(p < 1 for p in periods.values()):
        raise ValueError("a period is at least one day")
    return {name: now - period * DAY_US for name, period in periods.items()}


def expire(store: Store, before: Mapping[str, int], refused_folder: Path, actor: Actor, now: int) -> Expired:
    """Delete what is older than `before` (by class), with its record in the ledger, in one transaction.

    Goes with it: files of refused rows, gaps of feeds, and preserved copies past their own deadline.
    """
    oldest = min(before.values())
    with transaction.atomic():
        done = store.expire(before)
        FeedGap.objects.filter(hi__lt=oldest).delete()
        copies, _ = FrozenRow.objects.filter(until__lt=now).delete()
        write(actor, "assignments.expired", "assignments", {
            "rows": done.rows, "by_class": dict(done.by_class), "sha256": done.sha256, "copies": copies,
            "first_end": None if done.first_end is None else iso(from_micros(done.first_end)),
            "last_end": None if done.last_end is None else iso(from_micros(done.last_end)),
            "before": {name: iso(from_micros(limit)) for name, limit in sorted(before.items())},
        }, from_micros(now))
    for path in sorted(refused_folder.glob("*.jsonl")) if refused_folder.is_dir() else []:
        if path.stat().st_mtime_ns // 1000 < oldest:
            path.unlink(missing_ok=True)
    _give_back_pages()
    return done


def _give_back_pages() -> None:
    """Let SQLite's log of changes not keep what was deleted: secure_delete wipes pages, the log still holds old ones."""
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
