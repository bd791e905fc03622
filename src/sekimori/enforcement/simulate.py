"""Replay the findings of the last days on a ladder: what it would have proposed, and when. Writes nothing.

A rehearsal in the head: officers agree at once, members say nothing, warnings arrive when they are sent, measures take
effect in the first window. So it shows the most that a ladder would do, never less.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from sekimori.cases.models import Case
from sekimori.enforcement import caseevents
from sekimori.enforcement.casefacts import without_case, world
from sekimori.enforcement.ladder.facts import DeliveryFact, Facts, MeasureFact
from sekimori.enforcement.ladder.plan import plan
from sekimori.policy import Ladder, policy
from sekimori.policy.calendar import next_window
from sekimori.values.clock import iso

ROUNDS = 200
CHUNK = 200


def simulate(ladder: Ladder, days: int, now: datetime) -> Iterator[dict[str, Any]]:
    """Yield one line per measure that the ladder would take, and a summary at the end."""
    totals: dict[str, int] = {}
    count, last = 0, 0
    while cases := list(to_replay(days, now).filter(id__gt=last)[:CHUNK]):
        count, last = count + len(cases), cases[-1].pk
        for case, facts in starts(cases, days, now):
            for step, at, grade in replay(replace(facts, ladder=ladder), now):
                totals[step] = totals.get(step, 0) + 1
                yield {"case": case.ref, "contract": case.contract.handle, "step": step, "at": iso(at), "grade": grade}
    yield {"ladder": ladder.version, "days": days, "cases": count, "measures": totals}


def to_replay(days: int, until: datetime) -> QuerySet[Case]:
    """Return the cases with an event in the last `days` before `until`, in a lasting order."""
    return Case.objects.filter(last_event__gte=until - timedelta(days=days), opened_at__lte=until).select_related("contract").order_by("id")


def starts(cases: Sequence[Case], days: int, until: datetime) -> Iterator[tuple[Case, Facts]]:
    """Yield each case with the facts that its replay begins from: the findings received in the `days` before `until`, nothing done yet."""
    since, about = until - timedelta(days=days), world()
    found = caseevents.events([c.pk for c in cases])
    for case in cases:
        start = without_case(case.policy, case.contract.protected, case.contract.consents, until, about)
        yield case, replace(start, events=tuple(e for e in found.get(case.pk, ()) if since <= e.received <= until),
                            live=dict.fromkeys(policy().types, True), halted=False, doubt=False)


def replay(facts: Facts, until: datetime) -> Iterator[tuple[str, datetime, str]]:
    """Yield (step, when, grade) that a ladder would take on these events. Pure."""
    at = min((e.received for e in facts.events), default=until)
    for _ in range(ROUNDS):
        seen = replace(facts, now=at, events=tuple(e for e in facts.events if e.received <= at))
        todo = plan(seen)
        taken = False
        for wanted in todo.propose:
            when = at if wanted.step in {"warn", "brake"} else next_window(at, facts.ladder)
            length = facts.ladder.period_days.get(wanted.step)
            ends = when + timedelta(hours=facts.ladder.brake_hours) if wanted.step == "brake" else when + timedelta(days=length) if length else None
            measure = MeasureFact(wanted.step, "verified", wanted.path, wanted.grade, when, when, ends, target=wanted.target)
            facts = _with(facts, measure)
            yield wanted.step, when, wanted.grade
            taken = True
        if taken:
            continue
        later = [w for w in (todo.next_look, *(e.received for e in facts.events)) if w is not None and w > at]
        if not later or min(later) > until or todo.close:
            return
        at = min(later)
        facts = replace(facts, measures=tuple(_ended(m, at) for m in facts.measures), suspensions=tuple(_ended(m, at) for m in facts.suspensions))


def _with(facts: Facts, measure: MeasureFact) -> Facts:
    arrived = facts.deliveries
    if measure.step == "warn" and measure.executed_at is not None:
        arrived = (*arrived, DeliveryFact("warn", "mail", measure.executed_at))
    sent = measure.executed_at if measure.step == "warn" and measure.grade == "C" else facts.informational
    return replace(facts, measures=(*facts.measures, measure), deliveries=arrived, informational=sent,
                   suspensions=(*facts.suspensions, measure) if measure.step == "suspend_line" else facts.suspensions)


def _ended(measure: MeasureFact, at: datetime) -> MeasureFact:
    if measure.ends_at is None or measure.ends_at > at or measure.reverted_at is not None:
        return measure
    return replace(measure, state="reverted", reverted_at=measure.ends_at, end_reason="period")
