"""What is to be done about a case now. Pure: the stage carries it out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sekimori.enforcement.ladder.facts import Facts
from sekimori.enforcement.ladder.guard import DURING_EXECUTION, automatic, proposable, rehearsable
from sekimori.enforcement.ladder.lanes import calls
from sekimori.enforcement.ladder.position import Position, Standing, position
from sekimori.policy.types import STEPS


@dataclass(frozen=True, slots=True)
class Propose:
    """Make a measure: at once approved (`automatic`), shown to officers, or only rehearsed."""

    step: str
    path: str
    """`ladder brake stolen`."""
    target: str
    grade: str
    needed: int
    automatic: bool
    rehearsal: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do, and when to look again."""

    position: Position
    propose: tuple[Propose, ...]
    stale: tuple[str, ...]
    """Steps whose proposal no longer has its conditions: void."""
    hearing: bool
    """Invite the member to be heard: nothing else is missing for termination."""
    close: bool
    next_look: datetime | None

    @property
    def empty(self) -> bool:
        """Nothing is to be written but the standing itself."""
        return not (self.propose or self.stale or self.hearing or self.close)


def plan(facts: Facts) -> Plan:
    """Return what is to be done about a case at `facts.now`."""
    where = position(facts)
    busy = {m.step for m in facts.measures if m.path == "ladder" and m.live}
    proposals = [p for s in where.standings if s.step not in busy
                 for p in [_propose(s, "ladder", "", where.grade)] if p is not None]
    asked_for = calls(facts)
    if any(automatic(c.standing.names) for c in asked_for):  # its own letter tells what a warning would tell
        proposals = [p for p in proposals if p.step != "warn"]
    for call in asked_for:
        asked = _propose(call.standing, call.trigger, call.login, "A")
        if asked is not None:
            proposals.append(asked)
    stale = tuple(s.step for s in where.standings if s.step in busy and not s.names <= DURING_EXECUTION)
    close = (where.reset_at is not None and facts.now >= where.reset_at
             and not any(m.live or (m.in_force and m.step != "warn") for m in facts.measures))
    return Plan(
        position=where, propose=() if close else tuple(sorted(proposals, key=lambda p: STEPS.index(p.step))), stale=stale,
        hearing=not close and _hearing(facts, where), close=close,
        next_look=min((w for w in (*where.waits, *_ends(facts)) if w > facts.now), default=None))


def _propose(standing: Standing, path: str, target: str, grade: str) -> Propose | None:
    names = standing.names
    alone = standing.approvals_needed == 0
    if rehearsable(names):
        return Propose(standing.step, path, target, grade, standing.approvals_needed, automatic=False, rehearsal=True)
    if automatic(names) and alone:
        return Propose(standing.step, path, target, grade, 0, automatic=True, rehearsal=False)
    if proposable(names) and not alone:
        return Propose(standing.step, path, target, grade, standing.approvals_needed, automatic=False, rehearsal=False)
    return None


def _hearing(facts: Facts, where: Position) -> bool:
    if facts.protected or not any(s.step == "terminate" for s in where.standings):
        return False
    missing = where.of("terminate").names
    return "hearing" in missing and missing <= DURING_EXECUTION - {"held", "halt"} | {"hearing"}


def _ends(facts: Facts) -> list[datetime]:
    """A suspension that ends, or an approval that runs out, may change the answer."""
    return [m.ends_at for m in (*facts.measures, *facts.suspensions) if m.in_force and m.ends_at is not None]
