"""The rules of certainty: from what the records cover to exact, boundary, several … Pure; every doubt ends unnamed.

Each `Guards` field is one rule that keeps a wrong name from being given. The product runs with all of them; tests switch
them off one by one to show that each is needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sekimori.assignments.types import Row
from sekimori.attribution.types import (
    DOUBT,
    EDGE,
    INFERRED,
    NAMING,
    OPEN,
    WHOLE,
    Answer,
    Certainty,
    Grade,
    Owner,
    Step,
    Trail,
    Verdict,
    Window,
)


@dataclass(frozen=True, slots=True)
class Guards:
    """What is taken into account before anybody is named."""

    window: bool = True
    """The report's error: the whole window must be covered, and everybody in it is a candidate."""
    closed: bool = True
    """An open or inferred end proves nothing beyond the last sign of life."""
    zones: bool = True
    """A time without zone is all its plausible readings."""
    ports: bool = True
    """A shared address needs its port."""
    validity: bool = True
    """A login belongs to a contract only while it is valid."""
    clock: bool = True
    """The error of the device's clock widens every edge of its records."""
    overlap: bool = True
    """Two holders at once: nobody is named, the latest does not win."""


ALL = Guards()


def cover(row: Row, window: Window, guards: Guards = ALL) -> Grade | None:
    """Return how a record covers a window, or None where it cannot touch it.

    Certain is the time from its start to its recorded end, or to the last sign of life where no end was recorded; each
    edge is blurred by the error of the device's clock.
    """
    start_error, end_error = (row.start_error_us, row.end_error_us) if guards.clock else (0, 0)
    end = row.end
    if row.start - start_error > window.hi or (end is not None and end + end_error < window.lo):
        return None
    if window.lo < row.start + start_error:
        return Grade(EDGE, "window_at_edge")
    if not row.closed and guards.closed:
        if row.last_seen is None:
            if row.inferred_end:
                return Grade(INFERRED, "end_inferred")
        elif window.hi > row.last_seen:
            return Grade(EDGE, "window_at_edge") if end is not None and window.hi > end - end_error else Grade(
                INFERRED, "end_inferred" if row.inferred_end else "not_seen_since")
    if end is not None and window.hi > end - end_error:
        return Grade(EDGE, "window_at_edge")
    return Grade(WHOLE) if row.closed else Grade(OPEN)


def within(lo: int, hi: int, window: Window) -> Grade | None:
    """Return how a validity from `lo` (included) to `hi` (no more) covers a window, or None where it does not touch it."""
    if lo > window.hi or hi <= window.lo:
        return None
    if lo <= window.lo and window.hi < hi:
        return Grade(WHOLE)
    return Grade(EDGE, "validity_at_edge")


def owners(found: Sequence[Owner], window: Window, guards: Guards = ALL) -> list[tuple[Owner, Grade]]:
    """Return which contracts a login, circuit or number stood for within a window."""
    if not guards.validity:
        return [(o, Grade(WHOLE)) for o in found[:1]]
    out = []
    for owner in found:
        grade = within(owner.lo, owner.hi, window)
        if grade is not None:
            out.append((owner, grade))
    return out


def verdict(trails: Sequence[Trail], reason: str, how: str, guards: Guards = ALL) -> Verdict:
    """Decide one window from all trails found. `reason` and `how` describe an empty result."""
    if not trails:
        return Verdict(Certainty.NONE, how=how, why=reason)
    if len(trails) == 1:
        return _single(trails[0], tuple(trails))
    best: dict[int | str, Trail] = {}
    for trail in trails:
        who = trail.contract if trail.contract is not None else trail.holder
        if who not in best or trail.rank < best[who].rank:
            best[who] = trail
    leading = min(best.values(), key=lambda t: t.rank)
    if len(best) > 1 and guards.overlap:
        # Whoever covers the whole window beside another one who only touches it: a change near by; two who both cover it: a conflict.
        conflict = sum(t.rank != EDGE for t in best.values()) > 1
        certainty, why = (Certainty.SEVERAL, "overlapping_records") if conflict else (Certainty.BOUNDARY, "window_at_edge")
        return Verdict(certainty, None, len(best), leading.how, why, tuple(trails))
    return _single(leading, tuple(trails))


_BY_RANK = (Certainty.EXACT, Certainty.EXACT_OPEN, Certainty.INFERRED, Certainty.BOUNDARY, Certainty.BOUNDARY)


def _single(leading: Trail, trails: tuple[Trail, ...]) -> Verdict:
    """Decide where all trails lead to one holder; `leading` is the best of them."""
    if leading.contract is None:
        return Verdict(Certainty.NONE, None, 0, leading.how, "holder_without_contract", trails)
    worst = max(leading.steps, key=_rank)
    certainty = _BY_RANK[worst.rank]
    return Verdict(certainty, leading.contract if worst.rank <= OPEN else None, 1, leading.how, worst.why, trails)


def _rank(step: Step) -> int:
    return step.rank


def doubtful(found: Verdict, why: str) -> Verdict:
    """Return a verdict that named somebody as `boundary`: something else makes it doubtful (network or clock changed)."""
    if found.certainty not in NAMING:
        return found
    return Verdict(Certainty.BOUNDARY, None, found.candidates, found.how, why, found.trails)


def combine(readings: Sequence[tuple[Window | None, Verdict]], guards: Guards = ALL) -> Answer:
    """Return the answer to a question from the verdicts of all readings of its time.

    One reading: its verdict. Several (no zone stated): named only where every reading names the same contract; the same
    nameless verdict everywhere stays what it is; anything else is `zone_ambiguous`.
    """
    verdicts = [v for _, v in readings]
    first = verdicts[0]
    if len(verdicts) == 1 or not guards.zones:
        return Answer(first.certainty, first.contract, first.candidates, first.how, first.why, first.ours, contact=first.contact,
                      query=first.query, windows=tuple(readings))
    kinds = {v.certainty for v in verdicts}
    if kinds <= NAMING and len({v.contract for v in verdicts}) == 1:
        chosen = max(verdicts, key=lambda v: max((t.rank for t in v.trails), default=WHOLE))
    elif len(kinds) == 1 and first.certainty not in (*NAMING, Certainty.BOUNDARY, Certainty.INFERRED):
        chosen = max(verdicts, key=lambda v: v.candidates)
    else:
        people = {t.contract if t.contract is not None else t.holder for v in verdicts for t in v.trails}
        count = max(len(people), *(v.candidates for v in verdicts))
        chosen = Verdict(Certainty.ZONE_AMBIGUOUS, None, count, first.how, "zone_missing")
    return Answer(chosen.certainty, chosen.contract, chosen.candidates, chosen.how, chosen.why, any(v.ours for v in verdicts),
                  contact=chosen.contact, query=chosen.query, windows=tuple(readings))


def intersect(answers: Sequence[Answer]) -> list[Answer]:
    """Settle the `boundary` answers of one group (one report, address and category) by its certain ones.

    Where an event lies at the edge of two sessions and another event of the same report lies safely inside one of them,
    the act is that session's: both events are taken for acts of one person. Nothing is settled where the certain events of
    the group name different contracts, or where more than one of them fits.
    """
    sure = [a for a in answers if a.certainty in NAMING]
    if not sure or len({a.contract for a in sure}) != 1:
        return list(answers)
    sessions = {r for a in sure for r in _rows(a, a.contract)}
    out = []
    for answer in answers:
        fits = (answer.certainty is Certainty.BOUNDARY and answer.why == "window_at_edge" and len(answer.windows) == 1
                and sessions & _rows(answer, sure[0].contract))
        out.append(Answer(sure[0].certainty, sure[0].contract, 1, answer.how, "events_intersected", answer.ours, answer.own_log,
                          answer.login, windows=answer.windows, networks=answer.networks) if fits else answer)
    return out


def _rows(answer: Answer, contract: int | None) -> set[int]:
    return {t.first_row for _, v in answer.windows for t in v.trails if t.contract == contract and t.first_row is not None}


def joined(first: Answer, last: Answer) -> Answer:
    """Return the answer for an act that lasted: both its first and its last event must lead to the same contract."""
    if first.certainty not in NAMING:
        return first
    if last.certainty in NAMING and last.contract == first.contract:
        return first if first.certainty is Certainty.EXACT_OPEN else last
    people = {c for a in (first, last) for _, v in a.windows for c in [v.contract] if c is not None}
    return Answer(Certainty.BOUNDARY, None, max(len(people), last.candidates, 1), first.how, "span_over_change", first.ours, windows=(*first.windows, *last.windows),
                  networks=first.networks)


__all__ = ["ALL", "DOUBT", "INFERRED", "Guards", "combine", "cover", "doubtful", "intersect", "joined", "owners", "verdict", "within"]
