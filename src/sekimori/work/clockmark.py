"""Doubt about the clock: stages that act on persons wait until an officer confirms (house rule 1.11).

A clock 5 minutes below the stored high-water mark, or 24 hours above it, is not believed: a deadline that came too early
would punish somebody. Receiving, reading and tracing go on.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection, transaction

from sekimori.values.clock import micros
from sekimori.work.models import ClockMark

BACK = timedelta(minutes=5)
AHEAD = timedelta(hours=24)
STORE_EVERY = timedelta(seconds=30)


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


def confirm(now: datetime) -> None:
    """Take the present instant as right: an officer has looked. The caller writes the ledger entry."""
    ClockMark.objects.update_or_create(id=1, defaults={"high": micros(now), "doubt": "", "since": None})
