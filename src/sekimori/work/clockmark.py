"""Doubt about the clock: stages that act on persons wait until an officer confirms (house rule 1.11).

A clock 5 minutes below the stored high-water mark, or 24 hours above it, is not believed: a deadline that came too early
would punish somebody. Receiving, reading and tracing go on.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.apps import apps
from django.db import connection, transaction
from django.db.models import F

from sekimori.values.clock import micros
from sekimori.work.claim import LEASE_US
from sekimori.work.columns import DUE, Work
from sekimori.work.models import ClockMark

BACK = timedelta(minutes=5)
AHEAD = timedelta(hours=24)
STORE_EVERY = timedelta(seconds=30)
FARTHEST = timedelta(days=400)
"""Longer than every deadline of a row that waits (the ladder looks 365 days back)."""


def judge(now: int, high: int | None) -> str:
    """Return "" where `now` is believable beside the high-water mark, else `clock.back` or `clock.ahead` (µs, pure)."""
    if high is None:
        return ""
    if now < high - BACK // timedelta(microseconds=1):
        return "clock.back"
    if now > high + AHEAD // timedelta(microseconds=1):
        return "clock.ahead"
    return ""


def observe(now: datetime) -> str:
    """Compare the clock with the mark, move the mark forward, and return the doubt that stands ("" = none).

    Doubt is stored and stands until `confirm`, even when the clock comes back by itself: what happened in between
    is for a person to judge. The row is written at most every 30 s.
    """
    at = micros(now)
    row = ClockMark.objects.filter(id=1).values_list("high", "doubt").first()
    if row is None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("INSERT INTO work_clockmark (id, high, doubt, since) VALUES (1, %s, '', NULL) ON CONFLICT DO NOTHING", [at])
        return ""
    high, doubt = row
    if doubt:
        return str(doubt)
    fresh = judge(at, high)
    if fresh:
        ClockMark.objects.filter(id=1, doubt="").update(doubt=fresh, since=at)
        return fresh
    if at > high + STORE_EVERY // timedelta(microseconds=1):
        ClockMark.objects.filter(id=1, doubt="", high__lt=at).update(high=at)
    return ""


def in_doubt() -> bool:
    """Tell whether doubt stands that nobody has confirmed away; `observe` is what raises it."""
    return ClockMark.objects.exclude(doubt="").exists()


def confirm(now: datetime) -> None:
    """Take the present instant as right: an officer has looked. The caller writes the ledger entry.

    A worker that died under a clock far ahead left leases that would hold its rows until then; they end now. One that is
    still at it finds its lease lost and writes nothing (house rule 1.5). Rows that were made due in that future come back.
    """
    mark = ClockMark.objects.filter(id=1).first()
    for model in [m for m in apps.get_models() if issubclass(m, Work)]:
        model._default_manager.filter(lease_until__gt=micros(now) + LEASE_US).update(lease=None, lease_until=None)
        if mark is not None and mark.doubt == "clock.ahead":
            _bring_back(model, mark, micros(now))
    ClockMark.objects.update_or_create(id=1, defaults={"high": micros(now), "doubt": "", "since": None})


def _bring_back(model: type[Work], mark: ClockMark, now: int) -> None:
    """Bring rows that a clock more than 400 days ahead made due to their day: what may have been due at once is due now, the rest
    waits as long as it was to wait, counted from now (late rather than early). No right clock makes a row due that far ahead.
    """
    since = mark.since or 0
    if now >= since or since - mark.high <= FARTHEST // timedelta(microseconds=1):
        return
    strayed = model._default_manager.filter(work=DUE, due_at__gte=since)
    strayed.filter(due_at__lte=since + max(0, now - mark.high)).update(due_at=now)
    strayed.update(due_at=F("due_at") - (since - now))
