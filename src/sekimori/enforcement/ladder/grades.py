"""How good the evidence is: A our own log, B independent reporters agree, C one good report, D the rest. Pure.

A report's age is its receipt minus the event; spans of days lie between the events' times; one event told by three
domains counts as three (rulings, "Grades").
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sekimori.enforcement.ladder.facts import EventFact
from sekimori.policy.types import Ladder

ORDER = "ABCD"
FUTURE = timedelta(minutes=5)


def grades(events: Sequence[EventFact], ladder: Ladder) -> list[str]:
    """Return the grade of each event, in the given order."""
    agreeing = _agreeing(events, ladder)
    return [_grade(event, i in agreeing, ladder) for i, event in enumerate(events)]


def highest(found: Sequence[str]) -> str:
    """Return the best grade, or D where there is none."""
    return min(found, default="D")


def at_least(grade: str, wanted: str) -> bool:
    """Tell whether a grade is as good as `wanted`."""
    return ORDER.index(grade) <= ORDER.index(wanted)


def refuted_percent(confirmed: int, refuted: int) -> float:
    """Return the share of refuted reports in percent; a reporter without record has 0."""
    return 100.0 * refuted / (confirmed + refuted) if confirmed + refuted else 0.0


def _possible(event: EventFact) -> bool:
    """An event after its own report, or one that names nobody for certain, proves nothing."""
    return event.exact and event.time <= event.received + FUTURE


def _grade(event: EventFact, agreed: bool, ladder: Ladder) -> str:
    if not _possible(event):
        return "D"
    if event.own and event.authenticated:
        return "A"
    if event.free_text and not event.read_by_officer:
        return "D"
    if agreed:
        return "B"
    fresh = event.received - event.time <= timedelta(days=ladder.informational_age_days)
    return "C" if event.authenticated and event.original and fresh else "D"


def _trusted(event: EventFact, ladder: Ladder) -> bool:
    return (_possible(event) and event.authenticated and event.domain != ""
            and (event.read_by_officer or not event.free_text)
            and event.confirmed >= ladder.agreeing_confirmed
            and refuted_percent(event.confirmed, event.refuted) <= ladder.agreeing_refuted_percent)


def _agreeing(events: Sequence[EventFact], ladder: Ladder) -> set[int]:
    """Return the indexes of events that lie in some span of days in which enough trusted domains reported."""
    span = timedelta(days=ladder.agreeing_within_days)
    order = sorted((i for i, e in enumerate(events) if _trusted(e, ladder)), key=lambda i: events[i].time)
    found: set[int] = set()
    seen: dict[str, int] = {}
    start = 0
    for end, index in enumerate(order):
        domain = events[index].domain
        seen[domain] = seen.get(domain, 0) + 1
        while events[index].time - events[order[start]].time > span:
            left = events[order[start]].domain
            seen[left] -= 1
            if not seen[left]:
                del seen[left]
            start += 1
        if len(seen) >= ladder.agreeing_domains:
            found.update(order[start:end + 1])
    return found
