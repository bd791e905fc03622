"""The words of this package: probes that ask, rows that answer, rows to be stored.

Times are whole microseconds since 1970-01-01 UTC. A row's `end` is None while nobody has told us that it ended.
"""

from __future__ import annotations

from typing import Any, NamedTuple

OPEN = (1 << 63) - 1
"""How the tables write "not ended": larger than every instant, so that one comparison serves both cases."""
KEY_OFFSET = 1 << 63
"""Keys are unsigned here and signed in the tables (house rule 11)."""
ANY_SIZE = -1


class Probe(NamedTuple):
    """One question: which rows with this key touch [lo, hi]? Made by `keys.probes_for`."""

    realm: str
    key: int
    lo: int
    hi: int
    size: int = ANY_SIZE
    """Only rows of exactly this size: ports of a block (0 = whole address) or prefix length; ANY_SIZE = all.

    A /56 and a /64 that begin alike share their key, and so do a block of 64 and one of 1,024 ports: without the size
    the wrong holder would be found.
    """
    proto: int = 0
    """6 or 17: rows of that protocol and rows for all protocols; 0 = all rows."""


class Row(NamedTuple):
    """Who held a key, from when to when, and how well we know it."""

    id: int
    realm: str
    key: int
    start: int
    end: int | None
    holder: str
    """`login:…`, `contract:…`, `circuit:…`; or a second hop: `inside:<realm>:<address>`, `prefix:<IPv6 prefix>`."""
    source: str
    closed: bool
    """A record of the end itself was read (Stop, Release); False: open, or ended by inference."""
    inferred_end: bool
    """`end` is only a bound (lost Stop): between `last_seen` and `end` nobody knows."""
    start_error_us: int
    """Certain from `start` plus this on: clock and, where no record told the beginning, the time until the first one."""
    end_error_us: int
    last_seen: int | None
    """Last instant at which a record showed the holder alive; None where the source has no such records."""
    device: str
    recorded_at: int
    revision: int
    size: int = 0
    proto: int = 0
    feed: str = ""
    record: int = 0
    """Id of the first revision (its own id where it is the first)."""
    session: int = 0


class Origin(NamedTuple):
    """Where a row comes from."""

    feed: str
    source: str
    device: str = ""


class NewRow(NamedTuple):
    """A row to be appended."""

    realm: str
    key: int
    start: int
    end: int | None
    holder: str
    origin: Origin
    closed: bool = True
    inferred_end: bool = False
    start_error_us: int = 0
    end_error_us: int = 0
    last_seen: int | None = None
    size: int = 0
    proto: int = 0
    session: int = 0
    """64-bit hash of the session's id at its device, or 0."""
    line: int = 0
    """64-bit hash of device, access port and login, or 0: a new session there ends the old one."""


def proof(row: Row) -> dict[str, Any]:
    """Return a row as JSON for a proof object; `from_proof` gives the same row back."""
    return row._asdict()


def from_proof(value: dict[str, Any]) -> Row:
    """Return the row that `proof` wrote. Raises TypeError or ValueError where it is none."""
    return Row(**value)
