"""Two ways beside the ladder, both asked for by our own sensor only: the emergency brake and the victim lane. Pure.

The brake stops one login from sending; the victim lane restricts mail where a password was stolen. Neither is a rung of the
ladder: what an infected or robbed member suffers is no fault.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sekimori.enforcement.ladder.facts import EventFact, Facts
from sekimori.enforcement.ladder.guard import CONDITIONS
from sekimori.enforcement.ladder.position import Standing, Unmet, iso
from sekimori.policy.calendar import in_window, next_window

STEP_OF = {"brake": "brake", "stolen": "restrict_mail"}
FRESH = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Call:
    """What the sensor asks for: a step against one login."""

    trigger: str
    login: str
    standing: Standing

    @property
    def step(self) -> str:
        """The step asked for."""
        return STEP_OF[self.trigger]


def calls(facts: Facts) -> list[Call]:
    """Return what the sensor's fresh events ask for and was not answered yet, in order of time."""
    out: list[Call] = []
    for event in sorted(facts.events, key=lambda e: e.time):
        if not event.trigger or any(c.trigger == event.trigger and c.login == event.login for c in out):
            continue
        if event.exact and event.received - event.time <= FRESH and not _answered(facts, event):
            out.append(Call(event.trigger, event.login, standing(facts, event.trigger)))
    return out


def _answered(facts: Facts, event: EventFact) -> bool:
    step = STEP_OF[event.trigger]
    for measure in facts.measures:
        if measure.step != step or (measure.target != event.login and measure.path != "ladder"):
            continue
        if measure.live or measure.in_force:
            return True
        if any(at is not None and event.time <= at for at in (measure.executed_at, measure.reverted_at, measure.decided_at)):
            return True
    return False


def standing(facts: Facts, trigger: str) -> Standing:
    """Return the conditions of a sensor's step that do not hold. One officer decides about protected members."""
    step = STEP_OF[trigger]
    needed = facts.ladder.approvals["person"] if facts.protected else 0
    given = facts.approvals.get(step, 0)
    asked = [e for e in facts.events if e.trigger == trigger and e.exact]
    unmet = [
        None if asked else Unmet("new_events", "0", "1"),
        None if any(e.own and e.authenticated for e in asked) else Unmet("grade", "D", "A"),
        None if any(e.exact for e in facts.events) else Unmet("certainty", "none", "exact"),
        None if facts.policy.ground(facts.path, step) else Unmet("category", "no ground", step),
        Unmet("protected", facts.protected, "officer") if facts.protected and given < needed else None,
        Unmet("approval", str(given), str(needed)) if given < needed else None,
        None if any(facts.live.get(e.category) for e in asked or facts.events) else Unmet("rehearsal", "rehearsal", "go-live"),
        Unmet("held", "clock" if facts.doubt else step, "go") if step in facts.held or facts.doubt else None,
        Unmet("halt", "halted", "resume") if facts.halted else None,
    ]
    if step != "brake" and not in_window(facts.now, facts.ladder):
        opens = next_window(facts.now, facts.ladder)
        unmet.append(Unmet("window", iso(facts.now), iso(opens), opens))
    present = sorted((u for u in unmet if u is not None), key=lambda u: CONDITIONS.index(u.condition))
    return Standing(step, tuple(present), needed)
