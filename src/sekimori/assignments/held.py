"""The rows that events are applied to, and how they are found: by key, session, access line, device. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sekimori.assignments.events import Event, Key
from sekimori.assignments.types import Row

RESENT = 600_000_000
"""A Start of a known session within ten minutes of the first is a retransmission; later, the session id was used again."""


@dataclass(slots=True, eq=False)
class Held:
    """A row while events are applied to it. `id` is 0 for a new one."""

    realm: str
    key: Key
    start: int
    end: int | None
    holder: str
    device: str
    closed: bool
    inferred: bool
    start_error: int
    end_error: int
    last_seen: int | None
    session: int
    line: int
    id: int = 0
    dirty: bool = False

    @classmethod
    def of(cls, row: Row, line: int = 0) -> Held:
        """Return the working copy of a stored row."""
        return cls(
            row.realm, Key(row.key, row.size, row.proto), row.start, row.end, row.holder, row.device, row.closed, row.inferred_end,
            row.start_error_us, row.end_error_us, row.last_seen, row.session, line, row.id,
        )


class Slot(NamedTuple):
    """Where a row lives."""

    realm: str
    key: Key


class HeldRows:
    """Rows under every name that an event may know them by."""

    def __init__(self, known: Iterable[Held] = ()) -> None:
        self.rows: list[Held] = []
        self._by_slot: dict[Slot, list[Held]] = {}
        self._by_session: dict[int, list[Held]] = {}
        self._by_line: dict[int, list[Held]] = {}
        self._by_device: dict[str, list[Held]] = {}
        for row in known:
            self.add(row)

    def add(self, row: Held) -> None:
        """Put a row under all the names by which events look for it."""
        self.rows.append(row)
        self._by_slot.setdefault(Slot(row.realm, row.key), []).append(row)
        if row.session:
            self._by_session.setdefault(row.session, []).append(row)
        if row.line:
            self._by_line.setdefault(row.line, []).append(row)
        self._by_device.setdefault(row.device, []).append(row)

    def at(self, realm: str, key: Key) -> Sequence[Held]:
        """Return the rows of a key."""
        return self._by_slot.get(Slot(realm, key), ())

    def of_session(self, session: int) -> Sequence[Held]:
        """Return the rows of a session."""
        return self._by_session.get(session, ())

    def of_line(self, line: int) -> Sequence[Held]:
        """Return the rows of an access line."""
        return self._by_line.get(line, ())

    def of_device(self, device: str) -> Sequence[Held]:
        """Return the rows of a device."""
        return self._by_device.get(device, ())

    def own(self, realm: str, key: Key, session: int, time: int) -> Held | None:
        """Return the row of this session on this key that `time` belongs to."""
        best = None
        for row in self.at(realm, key):
            if row.session != session or (row.closed and row.end is not None and time > row.end + row.end_error):
                continue
            if best is None or row.start > best.start:
                best = row
        if best is not None and not best.closed and not best.inferred and best.end is not None and time > best.end:
            return None  # a lease that ran out: what comes now is a new one
        return best

    def last_known(self, session: int, event: Event) -> int | None:
        """Return when the session of an event was last seen on any address, if it is open and no older one of its name."""
        rows = self.of_session(session)
        alive = [r for r in rows if not r.closed and (r.end is None or r.inferred)]  # a lease that ran out is over
        same = [r for r in alive if event.began is None or event.began <= r.start + RESENT]
        seen = [r.start if r.last_seen is None else r.last_seen for r in same]
        return max((s for s in seen if s <= event.time), default=None)


def kind_of(key: Key) -> tuple[int, int]:
    """Return what kind of key it is: IPv4, or IPv6 of a size. A session holds one of each at a time."""
    return (4, 0) if key.key < 1 << 48 else (6, key.size)


def bound(row: Held, time: int, error: int) -> None:
    """End a row that no record has ended: it cannot have lasted longer than until `time`."""
    time = max(time, row.start)
    if row.end is None or time < row.end:
        row.end, row.inferred, row.end_error, row.dirty = time, True, error, True
