"""How the ladder answers: for each step the conditions that do not hold, with values and the earliest date. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sekimori.enforcement.ladder.facts import EventFact
from sekimori.values.clock import JST


@dataclass(frozen=True, slots=True)
class Unmet:
    """One condition that does not hold: what is there, what is wanted, and when time alone would mend it."""

    condition: str
    has: str = ""
    needs: str = ""
    earliest: datetime | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """The answer for one step."""

    step: str
    unmet: tuple[Unmet, ...]
    approvals_needed: int

    @property
    def names(self) -> frozenset[str]:
        """The names of the unmet conditions."""
        return frozenset(u.condition for u in self.unmet)

    @property
    def earliest(self) -> datetime | None:
        """When the step would be possible if nothing but time were missing; None where more is missing."""
        dates = [u.earliest for u in self.unmet]
        return max((d for d in dates if d is not None), default=None) if all(dates) else None


@dataclass(frozen=True, slots=True)
class Position:
    """Where the case stands."""

    grade: str
    next_step: str
    standings: tuple[Standing, ...]
    counted: tuple[EventFact, ...]
    """The events that prove something (grades A to C), by time."""
    reset_at: datetime | None
    """When the ladder begins anew if nothing more happens; None without any event."""
    waits: tuple[datetime, ...] = field(default=())
    """Future instants at which time alone changes the answer."""

    def of(self, step: str) -> Standing:
        """Return the answer for a step of this case's path. Raises KeyError for another step."""
        for standing in self.standings:
            if standing.step == step:
                return standing
        raise KeyError(step)


def iso(instant: datetime) -> str:
    """Return an instant in Japanese time, with its zone, to the second."""
    return instant.astimezone(JST).isoformat(timespec="seconds")


def why_not(found: Position) -> list[Mapping[str, object]]:
    """Return a position as interfaces.md words it: `[{"step","unmet","earliest","values"}]`."""
    return [{
        "step": s.step, "unmet": [u.condition for u in s.unmet], "earliest": iso(s.earliest) if s.earliest else None,
        "values": {u.condition: {"has": u.has, "needs": u.needs, "earliest": iso(u.earliest) if u.earliest else None} for u in s.unmet},
    } for s in found.standings]
