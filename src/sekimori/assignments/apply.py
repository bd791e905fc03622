"""Write what a block of a file said: rows, clocks, pulse and mark in one transaction. Nothing is lost or doubled by a kill."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sekimori.assignments.clocks import Clock, Jump
from sekimori.assignments.events import HELD, RESET, Event, corrected
from sekimori.assignments.health import Pulse
from sekimori.assignments.held import Held, Slot
from sekimori.assignments.keys import session_hash
from sekimori.assignments.models import ClockJump, DeviceClock
from sekimori.assignments.store.interface import Change, Store
from sekimori.assignments.tracker import Tracker
from sekimori.assignments.types import NewRow, Origin, Probe
from sekimori.values.text import storable

REACH_BACK = 3_600_000_000
SILENT = 3
HOLDER_MAX, DEVICE_MAX, REALM_MAX = 600, 120, 40


class Applied(NamedTuple):
    """What a block changed."""

    appended: int
    changed: int
    intervals: list[int]
    """Times between signs of life of one session, in microseconds."""


class Clocks:
    """The clocks of a feed's devices, loaded when first met and saved with each block."""

    def __init__(self, feed: str) -> None:
        self.feed = feed
        self._clocks: dict[str, Clock] = {}
        self._dirty: set[str] = set()
        self._jumps: list[tuple[str, Jump]] = []

    def correct(self, event: Event) -> Event:
        """Return the event on our clock, learning from its two times."""
        if event.seen is None or not event.device:
            return event
        clock = self._clocks.get(event.device)
        if clock is None:
            row = DeviceClock.objects.filter(feed=self.feed, device=event.device).first()
            clock = self._clocks[event.device] = Clock(row.samples, row.suspects) if row else Clock()
        jump = clock.observe(event.time, event.seen)
        if jump is not None:
            self._jumps.append((event.device, jump))
        self._dirty.add(event.device)
        offset, error = clock.correct(event.time, event.seen)
        return corrected(event, offset, max(error, event.error))

    def save(self) -> None:
        """Store what was learned. Inside the block's transaction."""
        for device in sorted(self._dirty):
            clock = self._clocks[device]
            DeviceClock.objects.update_or_create(
                feed=self.feed, device=device,
                defaults={"offset": clock.offset, "spread": clock.spread, "samples": list(clock.samples), "suspects": clock.suspects},
            )
        for device, jump in self._jumps:
            ClockJump.objects.create(feed=self.feed, device=device, at=jump.at, before=jump.before, after=jump.after)
        self._dirty, self._jumps = set(), []

    def forget(self) -> None:
        """Forget everything not saved: the block's transaction failed."""
        self._clocks, self._dirty, self._jumps = {}, set(), []


def apply(store: Store, feed: str, source: str, events: Sequence[Event], clocks: Clocks, pulse: Pulse, now: int) -> Applied:
    """Turn events into rows. Must be called inside a transaction; `pulse` is fed and saved by the caller."""
    ours = []
    for event in events:
        moved = clocks.correct(fit(event))
        ours.append(moved)
        pulse.beat(moved.time if event.seen is None else event.seen)
    if not ours:
        return Applied(0, 0, [])
    tracker = Tracker(_known(store, feed, ours))
    for event in ours:
        tracker.apply(event)
    new, changes = [], []
    for row in tracker.rows:
        if not row.dirty:
            continue
        if row.id:
            changes.append(Change(row.id, row.end, row.closed, row.inferred, row.end_error, row.last_seen))
        else:
            new.append(NewRow(
                row.realm, row.key.key, row.start, row.end, row.holder, Origin(feed, source, row.device), row.closed, row.inferred,
                row.start_error, row.end_error, row.last_seen, row.key.size, row.key.proto, row.session, row.line,
            ))
    new.sort(key=_by_key)
    store.append(new, now)
    store.change(changes, now)
    return Applied(len(new), len(changes), tracker.intervals)


def end_silent(store: Store, feed: str, last_record: int, interim: int, now: int) -> int:
    """Bound open rows whose signs of life have stopped: three intervals after the last one. Returns how many.

    Only rows that ever showed a second sign; a later one opens the row again.
    """
    if not interim:
        return 0
    silent = [r for r in store.stale(feed, None, last_record - SILENT * interim) if r.last_seen is not None and r.last_seen > r.start]
    return store.change(
        [Change(r.id, r.last_seen + SILENT * interim, False, True, r.end_error_us, r.last_seen) for r in silent if r.last_seen is not None], now)


def fit(event: Event) -> Event:
    """Return an event whose texts every database keeps: no NUL, no lone surrogates, cut to the columns' widths."""
    holder, device, realm = event.holder, event.device, event.realm
    if (holder + device + realm).isprintable() and len(device) <= DEVICE_MAX and len(realm) <= REALM_MAX and len(holder) <= HOLDER_MAX:
        return event
    return event._replace(
        holder=storable(holder, HOLDER_MAX), device=storable(device, DEVICE_MAX), realm=storable(realm, REALM_MAX))


def _by_key(row: NewRow) -> tuple[str, int]:
    return row.realm, row.key


def _known(store: Store, feed: str, events: Sequence[Event]) -> list[Held]:
    """Return the stored rows that these events can touch."""
    spans: dict[Slot, list[int]] = {}
    sessions, lines = set(), set()
    resets: dict[str, int] = {}
    for e in events:
        if e.act == RESET:
            resets[e.device] = max(e.time, resets.get(e.device, 0))
            continue
        first = min(e.time, e.time if e.began is None else e.began)
        for key in e.keys:
            span = spans.setdefault(Slot(e.realm, key), [first, e.time])
            span[0], span[1] = min(span[0], first), max(span[1], e.time)
        if e.session and e.act != HELD:
            sessions.add(session_hash(e.device, e.session))
        if e.line:
            lines.add(session_hash(e.line))
    found: dict[int, Held] = {}
    slots = list(spans)
    probes = [
        Probe(s.realm, s.key.key, max(0, spans[s][0] - REACH_BACK), spans[s][1] + REACH_BACK, s.key.size) for s in slots
    ]
    for slot, rows in zip(slots, store.lookup(probes), strict=True):
        for row in rows:
            if row.proto == slot.key.proto and row.feed == feed:
                found[row.id] = Held.of(row)
    for row, line in store.open_rows(sessions=sorted(sessions), lines=sorted(lines)):
        if row.feed == feed:
            found[row.id] = Held.of(row, line)
    for device, time in resets.items():
        for row in store.stale(feed, device, time, limit=1_000_000):
            found.setdefault(row.id, Held.of(row))
    return list(found.values())
