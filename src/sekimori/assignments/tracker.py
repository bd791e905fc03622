"""From events to intervals: what a Start, an Interim, a Stop, a renewal or a reboot means for the rows. Pure.

The rows that an event can touch are handed in (`known`); what comes out are new rows and changes of rows not yet
closed. Nothing is guessed silently: an end that no record states is marked as inferred, and is only a bound.

| what happens | what we write |
|---|---|
| Start, and another session is still open on that address (its Stop was lost) | the other ends then, inferred |
| Start on the same access line of the same login | the old session ends then, inferred |
| Interim or Stop of a session never seen to start | a row from the time that the record states; where the address may have changed since, certain from now on only |
| the address changes inside a session | the old ends then, inferred; the new begins at the last sign of the old, certain from now on only |
| Interim at or before the Stop of its session (late, repeated) | nothing |
| Interim after an inferred end | the end was wrong: the session is open again |
| Stop that states a later beginning than the row's | another session of the same name: the old ends at that beginning, inferred |
| Accounting-On or -Off | all open sessions of the device end then, inferred: the crash was some time before |
"""

from __future__ import annotations

from collections.abc import Iterable

from sekimori.assignments.events import ALIVE, HELD, LOST, RESET, START, STOP, Event, Key
from sekimori.assignments.held import RESENT, Held, HeldRows, Slot, bound, kind_of
from sekimori.assignments.keys import session_hash

MAX_START_ERROR = 7 * 86_400_000_000


class Tracker:
    """Applies the events of one feed to its rows."""

    def __init__(self, known: Iterable[Held] = ()) -> None:
        self._held = HeldRows(known)
        self.intervals: list[int] = []
        """Times between two signs of life of one session, in microseconds."""

    @property
    def rows(self) -> list[Held]:
        """The rows as they are now: those handed in, and new ones."""
        return self._held.rows

    def apply(self, event: Event) -> None:
        """Apply one event; its times are already corrected for the device's clock."""
        if event.act == RESET:
            for row in self._held.of_device(event.device):
                if row.end is None and row.start < event.time:
                    bound(row, event.time, event.error)
            return
        if event.act == HELD:
            self._whole(event)
            return
        session = session_hash(event.device, event.session)
        if event.act == START:
            for key in event.keys:
                self._start(event, key, session)
            self._end_line(event, session)
        elif event.act == ALIVE:
            before = self._held.last_known(session, event)
            for key in event.keys:
                self._alive(event, key, session, before)
            self._drop_changed(event, session)
        elif event.act == STOP:
            self._stop(event, session)
        elif event.act == LOST:
            self._lost(event, session)

    def _start(self, event: Event, key: Key, session: int) -> None:
        own = self._held.own(event.realm, key, session, event.time)
        if own is not None and event.time <= own.start + RESENT:
            return  # sent again
        end, inferred = event.until, False
        for other in self._held.at(event.realm, key):
            if other.closed:
                continue
            if other.start <= event.time:
                bound(other, event.time, event.error)
            elif end is None or other.start < end:
                end, inferred = other.start, True  # we came late: somebody has followed already
        row = self._open(event, key, session, event.time, event.error)
        row.end, row.inferred = end, inferred

    def _alive(self, event: Event, key: Key, session: int, before: int | None) -> None:
        own = self._held.own(event.realm, key, session, event.time)
        if own is not None:
            if own.closed:
                return
            if event.until is not None:
                if own.end is None or event.until > own.end or own.inferred:
                    own.end, own.inferred, own.dirty = event.until, False, True
            elif own.end is not None and event.time > own.end:
                own.end, own.inferred, own.end_error, own.dirty = None, False, 0, True
            if own.last_seen is None or event.time > own.last_seen:
                if own.last_seen is not None and event.until is None:
                    self.intervals.append(event.time - own.last_seen)
                own.last_seen, own.dirty = event.time, True
            return
        row = self._late(event, key, session, before)
        row.end, row.last_seen = event.until, event.time

    def _stop(self, event: Event, session: int) -> None:
        stated = {Slot(event.realm, key) for key in event.keys}
        seen: set[Slot] = set()
        before = self._held.last_known(session, event)
        for row in self._held.of_session(session):
            slot = Slot(row.realm, row.key)
            if row.start > event.time + event.error:
                continue
            if row.closed:
                if row.end is not None and row.end >= event.time - event.error:
                    seen.add(slot)  # the Stop was sent again
                continue
            if event.began is not None and row.start + RESENT < event.began:
                bound(row, event.began, event.error)  # an older binding of the same name: its Stop and our Start were lost
                continue
            if stated and slot not in stated:
                if row.end is None:
                    bound(row, event.time, event.error)
                continue
            seen.add(slot)
            if event.time <= row.start and event.time < row.start - event.error:
                continue
            row.end, row.closed, row.inferred = max(event.time, row.start), True, False
            row.end_error, row.last_seen, row.dirty = event.error, max(event.time, row.start), True
        for key in event.keys:
            if Slot(event.realm, key) in seen:
                continue
            row = self._late(event, key, session, before)
            row.end, row.closed, row.end_error, row.last_seen = event.time, True, event.error, event.time

    def _late(self, event: Event, key: Key, session: int, before: int | None) -> Held:
        """Open a row whose beginning no record of this key has told.

        What the record says of its session's beginning is taken where it speaks of the key itself. Otherwise (the address
        may have changed since, or has just changed) the row begins at the earliest, and is certain from now on only.
        """
        earliest = before
        if before is None:
            earliest = event.time if event.began is None else min(event.began, event.time)
            for row in self._held.at(event.realm, key):
                if row.session == session and row.end is not None and row.end < event.time:
                    earliest = max(earliest, row.end)
            if event.fixed:
                self._end_others(event, key, session, earliest)
                return self._open(event, key, session, earliest, event.error)
        assert earliest is not None
        earliest = max(earliest, event.time - MAX_START_ERROR)
        self._end_others(event, key, session, event.time)
        return self._open(event, key, session, earliest, event.time - earliest + event.error)

    def _lost(self, event: Event, session: int) -> None:
        """The binding ended at some time that we do not know, at `time` at the latest."""
        named = self._held.of_session(session) if event.session else [
            row for key in event.keys for row in self._held.at(event.realm, key)]
        for row in named:
            if not row.closed and row.start <= event.time:
                row.end = event.time if row.end is None else min(row.end, event.time)
                row.inferred, row.end_error, row.dirty = True, event.error, True

    def _whole(self, event: Event) -> None:
        """A whole interval at once: known already, ended meanwhile, or new."""
        session = session_hash(event.device, event.session) if event.session else 0
        for key in event.keys:
            start = event.time if event.began is None else event.began
            for own in self._held.at(event.realm, key):
                if own.start == start and own.holder == event.holder:
                    if not own.closed and event.until is not None and own.end != event.until:
                        own.end, own.closed, own.inferred, own.dirty = max(event.until, start), True, False, True
                    break
            else:
                row = self._open(event, key, session, start, event.error)
                row.end, row.closed, row.end_error = event.until, event.until is not None, event.error
                row.last_seen = None

    def _end_others(self, event: Event, key: Key, session: int, start: int) -> None:
        for other in self._held.at(event.realm, key):
            if other.session != session and not other.closed and other.start < event.time:
                late = other.last_seen is not None and other.last_seen > start
                bound(other, event.time if late else max(start, other.start), event.error)

    def _drop_changed(self, event: Event, session: int) -> None:
        """Bound the session's rows of a kind that the record states with another key: the address has changed."""
        now = {Slot(event.realm, key) for key in event.keys}
        kinds = {kind_of(key) for key in event.keys}
        for row in self._held.of_session(session):
            slot = Slot(row.realm, row.key)
            if slot not in now and kind_of(row.key) in kinds and row.end is None and row.start < event.time:
                bound(row, event.time, event.error)

    def _end_line(self, event: Event, session: int) -> None:
        if event.line:
            for row in self._held.of_line(session_hash(event.line)):
                if row.session != session and row.end is None and row.start < event.time:
                    bound(row, event.time, event.error)

    def _open(self, event: Event, key: Key, session: int, start: int, error: int) -> Held:
        row = Held(
            event.realm, key, start, None, event.holder, event.device, False, False, error, 0, start, session,
            session_hash(event.line) if event.line else 0, 0, True,
        )
        self._held.add(row)
        return row
