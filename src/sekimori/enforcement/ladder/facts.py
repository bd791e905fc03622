"""What the ladder is told: values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sekimori.policy.types import Ladder, Policy


@dataclass(frozen=True, slots=True)
class EventFact:
    """One finding of the case, as evidence."""

    category: str
    """`category/type`."""
    time: datetime
    received: datetime
    domain: str
    """Organisational domain of the reporter, or ""."""
    authenticated: bool
    own: bool
    """Our own sensor saw it, or our submission log resolves its queue id or message id to one login."""
    original: bool
    """Original headers or log lines are enclosed."""
    free_text: bool = False
    confirmed: int = 0
    refuted: int = 0
    exact: bool = True
    """Named this contract with certainty (`exact`, `exact_open`), and is not withdrawn."""
    read_by_officer: bool = False
    """An officer read the report and let it count."""
    trigger: str = ""
    """`brake` or `stolen` where our own sensor asks for more than a warning."""
    login: str = ""


@dataclass(frozen=True, slots=True)
class MeasureFact:
    """One measure of the case."""

    step: str
    state: str
    path: str = "ladder"
    grade: str = "A"
    sent_at: datetime | None = None
    """When its own notice was sent first."""
    executed_at: datetime | None = None
    ends_at: datetime | None = None
    reverted_at: datetime | None = None
    decided_at: datetime | None = None
    """When it was refused, reversed or recalled."""
    end_reason: str = ""
    target: str = ""

    @property
    def live(self) -> bool:
        """Still on its way: proposed, approved or announced."""
        return self.state in {"proposed", "approved", "notified"}

    @property
    def in_force(self) -> bool:
        """Carried out and not ended."""
        return self.state in {"executed", "verified"} and self.reverted_at is None

    @property
    def stands(self) -> bool:
        """Was carried out, and was not found wrong by an appeal or an incident."""
        return self.executed_at is not None and self.end_reason not in {"appeal", "incident"}


@dataclass(frozen=True, slots=True)
class DeliveryFact:
    """One notice to the member that arrived."""

    kind: str
    """Of the letter: a step, or `hearing`, …"""
    channel: str
    delivered_at: datetime


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that a decision about one case may depend on."""

    now: datetime
    path: str
    policy: Policy
    ladder: Ladder
    events: tuple[EventFact, ...] = ()
    measures: tuple[MeasureFact, ...] = ()
    """Of this case, since its last reset."""
    suspensions: tuple[MeasureFact, ...] = ()
    """`suspend_line` measures of the contract, over all its cases: a reset does not clear them."""
    informational: datetime | None = None
    """When the last warning at grade C was sent to this contract, over all its cases."""
    deliveries: tuple[DeliveryFact, ...] = ()
    statements: tuple[datetime, ...] = ()
    held: frozenset[str] = frozenset()
    protected: str = ""
    consents: frozenset[str] = frozenset()
    live: Mapping[str, bool] = field(default_factory=dict)
    """`category/type` → out of rehearsal."""
    halted: bool = False
    doubt: bool = False
    """The clock is in doubt."""
    approvals: Mapping[str, int] = field(default_factory=dict)
    """step → valid approvals of its live measure."""
