"""The health of all feeds at one instant, for a whole batch: may silence be taken for "nobody held it"?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from sekimori.assignments.models import ClockJump, Feed, FeedGap
from sekimori.assignments.sources.registry import SOURCES

ALIVE_US = 86_400_000_000
"""A feed that has been silent for a day is not expected to catch up."""


class Health(NamedTuple):
    """One feed."""

    name: str
    realm: str
    kinds: frozenset[str]
    """Kinds of network that it answers for; empty: any."""
    continuous: bool
    first: int | None
    last: int | None


class HealthBook:
    """Feeds with their gaps, and clocks that jumped. Pure once made."""

    def __init__(self, feeds: Iterable[Health], gaps: Iterable[tuple[str, int, int]], jumps: Iterable[tuple[str, str, int]], now: int) -> None:
        self._feeds = list(feeds)
        self._gaps: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for feed, lo, hi in gaps:
            self._gaps[feed].append((lo, hi))
        self._jumps: dict[tuple[str, str], int] = {}
        for feed, device, at in jumps:
            self._jumps[feed, device] = min(at, self._jumps.get((feed, device), at))
        self._now = now

    @classmethod
    def now(cls, now: int) -> HealthBook:
        """Read the state of all feeds."""
        feeds = []
        for f in Feed.objects.all():
            source = SOURCES.get(f.source)
            feeds.append(Health(f.name, f.realm, frozenset(source.kinds if source else ()), f.continuous, f.first_record, f.last_record))
        return cls(feeds, FeedGap.objects.values_list("feed", "lo", "hi"),
                   ClockJump.objects.filter(confirmed=None).values_list("feed", "device", "at"), now)

    def silence(self, realm: str, kind: str, lo: int, hi: int) -> str:
        """Return why nothing found is no proof that nobody was there, or "" where every feed spoke through the window."""
        feeds = self._of(realm, kind)
        if not feeds:
            return "feed_never_loaded"
        for f in feeds:
            if not f.continuous:
                continue
            if f.first is None or f.last is None:
                return "feed_never_loaded"
            if lo < f.first:
                return "before_first_record"
            if any(a <= hi and b >= lo for a, b in self._gaps.get(f.name, ())):
                return "feed_gap"
            if hi > f.last:
                return "feed_lag"
        return ""

    def behind(self, realm: str, kind: str, at: int) -> bool:
        """Tell whether a living feed has not yet told of an instant: its next load may."""
        return any(f.continuous and f.last is not None and f.last < at and self._now - f.last < ALIVE_US for f in self._of(realm, kind))

    def _of(self, realm: str, kind: str) -> list[Health]:
        return [f for f in self._feeds if (f.realm == realm or not f.realm) and (not f.kinds or kind in f.kinds)]

    def jumped(self, feed: str, device: str, hi: int) -> bool:
        """Tell whether a device's clock had jumped by the end of a window, unconfirmed."""
        at = self._jumps.get((feed, device)) if self._jumps else None
        return at is not None and at <= hi
