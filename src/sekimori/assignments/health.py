"""The health of feeds: may silence be taken for "nobody"? And are a device's times to be trusted?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db import transaction

from sekimori.assignments.models import ClockJump, DeviceClock, Feed, FeedGap
from sekimori.ledger.service import write
from sekimori.values.actors import Actor
from sekimori.values.clock import from_micros

LAG_US = 900_000_000
"""15 minutes: silence that is never called a gap or lag below this."""
QUIET_FACTOR = 20
"""… nor below so many times the feed's own mean distance of records: a small provider is quiet at night."""
LEARNING = 50


class Health(NamedTuple):
    """A verdict about a feed and a window."""

    state: str
    """`ok gap lag offset_jump`."""
    reason: str = ""
    """Stable code: `silence`, `before_first_record`, `never_loaded`, `after_last_record`, `clock_jumped`, …"""
    feed: str = ""


class Pulse:
    """Watches the times of a feed's records as they come. Pure."""

    def __init__(
        self, last: int | None = None, mean_gap: int = 0, records: int = 0, first: int | None = None, interim: int = 0
    ) -> None:
        self.first, self.last, self.mean_gap, self.records, self.interim = first, last, mean_gap, records, interim
        self.gaps: list[tuple[int, int]] = []
        self.covered: list[list[int]] = []
        """Spans in which these records show the feed alive."""

    @property
    def threshold(self) -> int:
        """Silence longer than this (microseconds) is a gap."""
        return max(LAG_US, QUIET_FACTOR * self.mean_gap)

    def alive(self, interval: int) -> None:
        """Take note of the time between two signs of life of one session (microseconds)."""
        self.interim = self.interim + (interval - self.interim) // 50 if self.interim else interval

    def beat(self, time: int) -> None:
        """Take note of a record at `time` (our clock, microseconds)."""
        self.records += 1
        if self.first is None or time < self.first:
            self.first = time
        if self.covered and -LAG_US <= time - self.covered[-1][1] <= self.threshold:
            self.covered[-1][1] = max(self.covered[-1][1], time)
        else:
            self.covered.append([time, time])
        if self.last is None:
            self.last = time
            return
        gap = time - self.last
        if gap <= 0:
            return
        if self.records > LEARNING and gap > self.threshold:
            self.gaps.append((self.last, time))
        else:
            self.mean_gap += (gap - self.mean_gap) // min(self.records, 200)
        self.last = time


def without(gap: tuple[int, int], covered: Iterable[list[int]]) -> list[tuple[int, int]]:
    """Return what remains of a gap after records were found in these spans (a file loaded later)."""
    out = [gap]
    for lo, hi in covered:
        out = [piece for a, b in out for piece in ((a, min(b, lo)), (max(a, hi), b)) if piece[1] - piece[0] > LAG_US or (a, b) == piece]
    return out


def save_pulse(feed: str, source: str, realm: str, continuous: bool, pulse: Pulse, now: int) -> None:
    """Store what a block of records taught about a feed. Inside the block's own transaction."""
    Feed.objects.update_or_create(
        name=feed,
        defaults={
            "source": source, "realm": realm, "continuous": continuous, "records": pulse.records, "first_record": pulse.first,
            "last_record": pulse.last, "mean_gap": pulse.mean_gap, "interim": pulse.interim, "loaded": now,
        },
    )
    if not continuous:
        return
    if pulse.covered:
        lo, hi = min(c[0] for c in pulse.covered), max(c[1] for c in pulse.covered)
        for old in FeedGap.objects.filter(feed=feed, hi__gt=lo, lo__lt=hi):
            pieces = without((old.lo, old.hi), pulse.covered)
            if pieces != [(old.lo, old.hi)]:
                old.delete()
                FeedGap.objects.bulk_create(FeedGap(feed=feed, lo=a, hi=b) for a, b in pieces)
    FeedGap.objects.bulk_create(FeedGap(feed=feed, lo=a, hi=b) for a, b in pulse.gaps)


def declare(feed: str, source: str, *, realm: str = "") -> None:
    """Name a feed that is fed by hand (scenarios, an API): it is never called silent."""
    Feed.objects.get_or_create(name=feed, defaults={"source": source, "realm": realm, "continuous": False})


def pulse_of(feed: str) -> Pulse:
    """Return the pulse of a feed as it was saved last."""
    known = Feed.objects.filter(name=feed).first()
    return Pulse(known.last_record, known.mean_gap, known.records, known.first_record, known.interim) if known else Pulse()


def health(feed: str, lo: int, hi: int, *, device: str | None = None, now: int | None = None) -> Health:
    """Judge the window [lo, hi] (microseconds) of a feed, and of one of its devices.

    `lag`: the window ends after the feed's last record, and that is over 15 minutes (or the feed's own quiet) old at
    `now`; without `now`, over 15 minutes before the window's end.
    """
    known = Feed.objects.filter(name=feed).first()
    if known is None:
        return Health("gap", "never_loaded", feed)
    if device is not None and ClockJump.objects.filter(feed=feed, device=device, confirmed=None, at__lte=hi).exists():
        return Health("offset_jump", "clock_jumped", feed)
    if not known.continuous:
        return Health("ok", "", feed)
    if known.first_record is None or known.last_record is None:
        return Health("gap", "never_loaded", feed)
    if lo < known.first_record:
        return Health("gap", "before_first_record", feed)
    silent = FeedGap.objects.filter(feed=feed, lo__lte=hi, hi__gte=lo).first()
    if silent is not None:
        return Health("gap", silent.reason, feed)
    limit = max(LAG_US, QUIET_FACTOR * known.mean_gap)
    if hi > known.last_record and (hi if now is None else now) - known.last_record > limit:
        return Health("lag", "after_last_record", feed)
    return Health("ok", "", feed)


def confirm_jump(number: int, actor: Actor, now: int) -> bool:
    """Confirm that a device's times are right again, with a ledger entry; False where no such jump waits."""
    with transaction.atomic():
        jump = ClockJump.objects.filter(pk=number, confirmed=None).first()
        if jump is None:
            return False
        jump.confirmed, jump.confirmed_by = now, str(actor)[:120]
        jump.save(update_fields=["confirmed", "confirmed_by"])
        write(actor, "assignments.clock_confirmed", f"feed:{jump.feed}", {"jump": number, "device": jump.device}, from_micros(now))
    return True


def feeds() -> list[dict[str, Any]]:
    """Return every feed as a row of `assignments status`: last record, gaps, clocks."""
    return [_status(feed) for feed in Feed.objects.order_by("name")]


def _status(feed: Feed) -> dict[str, Any]:
    return {
        "feed": feed.name, "source": feed.source, "realm": feed.realm, "continuous": feed.continuous,
        "records": feed.records, "first_record": feed.first_record, "last_record": feed.last_record, "mean_gap_us": feed.mean_gap,
        "late_after": max(LAG_US, QUIET_FACTOR * feed.mean_gap) if feed.continuous else None,
        "gaps": list(FeedGap.objects.filter(feed=feed.name).order_by("lo").values_list("lo", "hi", "reason")),
        "clocks": list(DeviceClock.objects.filter(feed=feed.name).order_by("device").values("device", "offset", "spread")),
        "jumps": list(
            ClockJump.objects.filter(feed=feed.name).order_by("at").values("id", "device", "at", "before", "after", "confirmed")
        ),
    }


def feeds_for(kind: str, realm: str = "") -> list[str]:
    """Return the feeds that answer for a kind of network (`radius dhcp cgnat pd …`): their silence is what `none` rests on."""
    from sekimori.assignments.sources.registry import SOURCES

    sources = [s.name for s in SOURCES.values() if kind in s.kinds]
    return list(Feed.objects.filter(source__in=sources, realm__in={realm, ""}).order_by("name").values_list("name", flat=True))
