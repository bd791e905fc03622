"""What every backend can do. Batch is the primitive; a single question is a batch of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from sekimori.assignments.types import NewRow, Probe, Row


class Change(NamedTuple):
    """The new end of a row that no record had closed yet (the only rows that ever change)."""

    id: int
    end: int | None
    closed: bool
    inferred_end: bool
    end_error_us: int
    last_seen: int | None


@dataclass(frozen=True, slots=True)
class Expired:
    """What an expiry removed; written to the ledger."""

    rows: int
    first_end: int | None
    last_end: int | None
    sha256: str
    """Over the ids and ends of the removed rows, in the order of their removal."""
    by_class: Mapping[str, int]


class Store(Protocol):
    """Intervals in a database. Writing methods open their own transaction, or join the caller's."""

    def lookup(self, probes: Sequence[Probe], as_of: int | None = None) -> list[list[Row]]:
        """Return, for each probe, all rows that touch [lo, hi], in order of start; overlaps are all kept.

        Of a corrected row only the newest revision is seen. `as_of`: what we knew at that instant (microseconds); rows
        whose end we learned later are then open.
        """
        ...

    def sizes(self, realm: str, family: int) -> list[int]:
        """Return the sizes in use in a realm: block sizes (0 = whole address) for family 4, prefix lengths for 6."""
        ...

    def realms(self) -> list[str]:
        """Return the realms in which anything is stored."""
        ...

    def sharers(self, realm: str, address: int, lo: int, hi: int) -> int:
        """Return how many holders had ports of an IPv4 address (as a number) in [lo, hi]: the candidates without a port."""
        ...

    def rows(self, ids: Sequence[int]) -> list[Row]:
        """Return rows by id, superseded ones too: a proof names what it stood on."""
        ...

    def append(self, rows: Sequence[NewRow], now: int) -> range:
        """Store rows and return their ids, in order. Sorted by (realm, key) it is fastest."""
        ...

    def change(self, changes: Sequence[Change], now: int) -> int:
        """Set the ends of rows that are not closed; returns how many there were."""
        ...

    def correct(self, corrections: Sequence[tuple[Row, NewRow | None]], reason: str, now: int) -> list[int]:
        """Replace rows by new revisions (None: take the row back), keeping the old ones for `as_of`.

        Returns the ids of the new revisions. Raises Refused `assignments.already_corrected` where a row was
        superseded meanwhile.
        """
        ...

    def retract(self, feed: str, now: int) -> int:
        """Take back all rows of a feed (loaded with a wrong zone, say); `as_of` still finds them. Returns how many."""
        ...

    def open_rows(self, *, sessions: Sequence[int] = (), lines: Sequence[int] = ()) -> list[tuple[Row, int]]:
        """Return (row, line) of the open rows of these sessions or lines."""
        ...

    def stale(self, feed: str, device: str | None, before: int, limit: int = 10_000) -> list[Row]:
        """Return open rows of a feed (and device) not seen since `before`."""
        ...

    def expire(self, before: Mapping[str, int]) -> Expired:
        """Delete rows by retention class (`connection`, `nat`, `static`) that ended before the given instant.

        Open rows that nobody has seen since then go too: a lost Stop is no reason to keep data for ever.
        """
        ...
