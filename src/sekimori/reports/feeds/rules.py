"""When a feed is asked again, when it is silent, when its format changed. Pure."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

FACTOR = 3
"""A feed that is so many of its own usual intervals late is silent."""
LEAST = 5
"""Arrivals that are needed before a usual interval is known."""
BROKEN_PERCENT = 20
"""A share of unreadable rows above this, in a feed that was below it, is a changed format."""
BACKOFF_MAX = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Arrival:
    """One item that a feed brought, as it was read."""

    at: datetime
    format: str
    kind: str
    findings: int
    broken: int
    sender: str = ""
    """Who wrote it: a mailbox's folder may hold the mails of several feeds."""


def next_at(now: datetime, every_minutes: int, faults: int) -> datetime:
    """Return when to ask again: after the interval, doubled with each fault in a row up to 6 h."""
    usual = timedelta(minutes=every_minutes)
    doubled: timedelta = usual * (1 << min(faults, 10))
    return now + min(doubled, max(BACKOFF_MAX, usual))


def silent(times: Sequence[datetime], now: datetime, at_most: timedelta, since: datetime) -> bool:
    """Tell whether a feed is silent: nothing for `at_most`, or for three of its usual intervals where those are longer.

    `times` of its arrivals in order; `since` when it was set up (a new feed gets its time too).
    """
    last = times[-1] if times else since
    gaps = [b - a for a, b in itertools.pairwise(times)]
    usual = timedelta(seconds=median(g.total_seconds() for g in gaps)) if len(gaps) >= LEAST else timedelta(0)
    return now - last > max(at_most, usual * FACTOR)


def changed(arrivals: Sequence[Arrival]) -> str:
    """Return how the newest item differs from those of its sender before it: `format`, `unreadable`, `broken_rows`, or ""."""
    if len(arrivals) < 2:
        return ""
    newest, before = arrivals[-1], [a for a in arrivals[:-1] if a.sender == arrivals[-1].sender]
    formats = [a.format for a in before if a.kind == "report"]
    if not formats:
        return ""
    usual = max(set(formats), key=formats.count)
    if newest.kind == "not_abuse" and newest.format == usual:
        # The same list with nobody to accuse in it.
        return ""
    if newest.kind != "report":
        return "unreadable"
    if newest.format != usual:
        return "format"
    bad = [_share(a) for a in before]
    return "broken_rows" if _share(newest) > BROKEN_PERCENT and median(bad) <= BROKEN_PERCENT else ""


def _share(a: Arrival) -> float:
    rows = a.findings + a.broken
    return 100.0 * a.broken / rows if rows else 0.0
