"""What was done in a case so far, and where on its way it therefore stands. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sekimori.enforcement.ladder.facts import EventFact, Facts, MeasureFact


@dataclass(slots=True)
class History:
    """Facts, and what follows from them for all steps alike."""

    facts: Facts
    grade: str
    counted: tuple[EventFact, ...]
    """The events that prove something, by time."""
    path: tuple[str, ...]

    def done(self, step: str) -> list[MeasureFact]:
        """Return the ladder measures of a step that were carried out and stand, oldest first."""
        found = [m for m in self.facts.measures if m.step == step and m.path == "ladder" and m.stands]
        return sorted(found, key=self._began)

    def decided(self, step: str) -> datetime | None:
        """Return the last refusal, reversal or incident about a step: it then needs events after that."""
        return max((m.decided_at for m in self.facts.measures if m.step == step and m.decided_at), default=None)

    def warning(self) -> tuple[datetime, str] | None:
        """Return (delivery, channel) of the last delivered warning that stands."""
        if not self.done("warn"):
            return None
        since = self.decided("warn")
        arrived = [(d.delivered_at, d.channel) for d in self.facts.deliveries
                   if d.kind == "warn" and (since is None or d.delivered_at > since)]
        return max(arrived, default=None)

    def suspensions(self) -> list[MeasureFact]:
        """Return the suspensions that count towards termination: the contract's, begun in the last 365 days."""
        since = self.facts.now - timedelta(days=self.facts.ladder.suspensions_within_days)
        return sorted((m for m in self.facts.suspensions if m.stands and m.executed_at and m.executed_at > since),
                      key=self._began)

    def enough_suspensions(self) -> bool:
        """Tell whether the next suspension would be one too many: termination is next."""
        return len(self.suspensions()) >= self.facts.ladder.suspensions_before_termination

    def _began(self, measure: MeasureFact) -> datetime:
        return measure.executed_at or self.facts.now

    def next_step(self) -> str:
        """Return the step that the ladder has come to: it never steps down before the reset."""
        if "terminate" in self.path and self.done("terminate"):
            return ""
        for step in self.path:
            if step == "suspend_line" and self.enough_suspensions() and "terminate" in self.path:
                continue
            if step == "suspend_line" or not self.done(step):
                return step
        return ""
