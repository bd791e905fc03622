"""The words of this package: what is asked, what leads to a contract, what is answered. Pure.

Times are whole microseconds since 1970-01-01 UTC; a window [lo, hi] includes both ends.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

from sekimori.assignments.types import Row
from sekimori.contracts.lookup import Owner
from sekimori.values.addresses import Address

ALWAYS, NEVER = -(2**62), 2**62


class Certainty(StrEnum):
    """How sure an answer is; only the first two name a contract (attribution measurements, table 3.5)."""

    EXACT = "exact"
    EXACT_OPEN = "exact_open"
    BOUNDARY = "boundary"
    INFERRED = "inferred"
    SEVERAL = "several"
    ZONE_AMBIGUOUS = "zone_ambiguous"
    UPSTREAM = "upstream"
    DELEGATED = "delegated"
    NONE = "none"


NAMING = frozenset({Certainty.EXACT, Certainty.EXACT_OPEN})


class Window(NamedTuple):
    """One reading of a stated time, with its error on both sides."""

    lo: int
    hi: int
    zone: str = ""
    """Which zone the reading takes, where the report states none (`UTC`, `JST`, `usual`)."""


@dataclass(frozen=True, slots=True)
class Question:
    """Who held this? One of: an address (with port), a login, a mail by queue id or message id."""

    windows: tuple[Window, ...] = ()
    """All plausible readings of the time; empty where no time is stated."""
    address: Address | None = None
    port: int | None = None
    proto: int = 0
    login: str = ""
    queue_id: str = ""
    host: str = ""
    message_id: str = ""
    group: str = ""
    """Questions of one report about one address and category share it: they are taken for acts of one person."""
    fault: str = ""
    """Why the question cannot be asked (`bad_address`, `bad_time` …)."""


class Grade(NamedTuple):
    """How well one step covers a window. The worst step of a trail is its grade; smaller is better."""

    rank: int
    why: str = ""


WHOLE, OPEN, INFERRED, EDGE, DOUBT = range(5)
"""Ranks: a closed record covers the window; an open one seen after it; only an assumed end; a change inside the window;
a clock that nobody vouches for."""


class Step(NamedTuple):
    """One step of a trail: a row, a rule or a login's owner."""

    kind: str
    """`row`, `rule`, `owner`, `submission`."""
    rank: int
    why: str
    detail: Any
    """The Row, Resolved, Owner or Hand."""


class Trail(NamedTuple):
    """One way from a question to a holder, through rows and rules."""

    steps: tuple[Step, ...]
    contract: int | None
    """Row id of the contract; None where the holder's word stands for no contract at that time."""
    holder: str
    how: str

    @property
    def rank(self) -> int:
        """The worst step."""
        return max(s.rank for s in self.steps)

    @property
    def why(self) -> str:
        """The reason of the worst step."""
        return max(self.steps, key=lambda s: s.rank).why

    @property
    def first_row(self) -> int | None:
        """Id of the first interval: the session that held the asked address."""
        row = self.steps[0].detail
        return row.id if isinstance(row, Row) else None


@dataclass(slots=True)
class Verdict:
    """What one window came to."""

    certainty: Certainty
    contract: int | None = None
    candidates: int = 0
    how: str = ""
    why: str = ""
    trails: tuple[Trail, ...] = ()
    ours: bool = True
    contact: str = ""
    """Whom to ask or tell: abuse contact of a downstream operator, or the upstream operator."""
    query: str = ""
    """`upstream`: the exact question to send."""


@dataclass(slots=True)
class Answer:
    """The answer to one question."""

    certainty: Certainty
    contract: int | None = None
    candidates: int = 0
    how: str = ""
    why: str = ""
    ours: bool = True
    own_log: bool = False
    login: str = ""
    """The login that handed the mail in, where one did."""
    contact: str = ""
    query: str = ""
    windows: tuple[tuple[Window | None, Verdict], ...] = ()
    networks: tuple[Any, ...] = ()
    notes: dict[str, Any] = field(default_factory=dict)


__all__ = [
    "ALWAYS", "DOUBT", "EDGE", "INFERRED", "NAMING", "NEVER", "OPEN", "WHOLE", "Answer", "Certainty", "Grade", "Owner",
    "Question", "Step", "Trail", "Verdict", "Window",
]
