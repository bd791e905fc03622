"""Where a case stands: for each step the conditions that do not hold, with values and the earliest date. Pure."""

from __future__ import annotations

from sekimori.enforcement.ladder.answers import Position, Standing, Unmet, iso, why_not
from sekimori.enforcement.ladder.conditions import Conditions
from sekimori.enforcement.ladder.facts import Facts
from sekimori.enforcement.ladder.grades import grades, highest

__all__ = ["Position", "Standing", "Unmet", "iso", "position", "why_not"]


def position(facts: Facts) -> Position:
    """Return where a case stands, for every step of its path."""
    found = grades(facts.events, facts.ladder)
    counted = tuple(sorted((e for e, g in zip(facts.events, found, strict=True) if g != "D"), key=lambda e: e.time))
    grade = highest(found)
    path = facts.ladder.paths.get(facts.path, ("warn",))
    work = Conditions(facts, grade, counted, path)
    return Position(
        grade=grade, next_step=work.next_step(), counted=counted, reset_at=work.reset_at(),
        standings=tuple(work.standing(step) for step in path), waits=work.waits())
