"""Carry out and end measures: guard, equipment, rows.

The claimed row is the committed intent, its key the idempotency key: after a crash an actuator verifies before it repeats
(house rule 1.12).
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sekimori.cases.events import record
from sekimori.cases.wake import wake
from sekimori.enforcement import casefacts, passed_on
from sekimori.enforcement.actuators import registry
from sekimori.enforcement.actuators.contract import Done
from sekimori.enforcement.ladder import lanes
from sekimori.enforcement.ladder.facts import Facts
from sekimori.enforcement.ladder.guard import executable
from sekimori.enforcement.ladder.position import position
from sekimori.enforcement.letters import letter_for
from sekimori.enforcement.measures import void
from sekimori.enforcement.models import Measure
from sekimori.enforcement.subject import evidence_hash
from sekimori.policy import Ladder, ladder
from sekimori.policy.calendar import next_window, noon_of_next_business_day
from sekimori.values.actors import Actor
from sekimori.values.clock import micros
from sekimori.values.outcomes import Outage
from sekimori.work.columns import DONE, DUE
from sekimori.work.stage import Context, Prepared

log = logging.getLogger("sekimori.enforcement")
BY = Actor("stage", "enforcement.act")
HALT_WAIT = AGAIN = timedelta(minutes=1)


def missing(measure: Measure, facts: Facts) -> frozenset[str]:
    """Return the conditions that do not hold for carrying out this measure now."""
    if measure.step == "warn":
        return frozenset()  # its letter is out: the warning has been given
    if measure.path in lanes.STEP_OF:
        names = lanes.standing(facts, measure.path).names
    else:
        names = position(facts).of(measure.step).names
    if measure.approvals_needed == 0:
        return names - {"approval", "second_approval"}
    return names | ({"approval"} if measure.evidence != evidence_hash(measure.case) else set())


def run(ids: Sequence[int], ctx: Context, stage: str) -> Prepared:
    """Carry out approved measures whose time has come."""
    about = casefacts.world()
    rows = list(Measure.objects.filter(id__in=ids).select_related("case__contract").order_by("due_at", "id"))
    later: dict[int, datetime] = {}
    stale: list[tuple[Measure, str]] = []
    carried: list[tuple[Measure, list[Done]]] = []
    held: list[int] = []
    away: dict[int, Outage] = {}
    rules = ladder()
    for measure in rows:
        # Read for each alone, just before it acts: an officer may have stopped it while the equipment of the one before was slow.
        # Not for a warning, which asks for nothing (see `missing`): most of what comes here are warnings.
        unmet = frozenset() if measure.step == "warn" else missing(measure, casefacts.load(measure.case, ctx.now, about))
        if executable(unmet):
            try:
                carried.append((measure, registry.apply(measure, ctx.now)))
            except Outage as e:
                away[measure.id] = e
                continue
            ends = end_of(measure.step, ctx.now, rules)
            if ends is not None:
                later[measure.id] = ends
        elif unmet == {"window"}:
            later[measure.id] = next_window(ctx.now, rules)
        elif unmet <= {"window", "halt"}:
            later[measure.id] = ctx.now + HALT_WAIT
        elif unmet <= {"window", "held", "halt"}:
            held.append(measure.id)  # `go` makes it due again
        else:
            stale.append((measure, ",".join(sorted(unmet))))
    failed = _apart(away, len(rows), later, ctx.now)
    detail: dict[str, Any] = {"executed": [[m.ref, m.step] for m, _ in carried], "void": [[m.ref, why] for m, why in stale]}

    def write() -> None:
        for measure, answers in carried:
            _executed(measure, answers, ctx.now)
        for measure, why in stale:
            void(measure, "void", "conditions", BY, ctx.now)
            record(measure.case, ctx.now, "measure.stale", BY, {"measure": measure.ref, "unmet": why})
            wake(measure.case_id, "decision", ctx.now)

    return Prepared(write=write, act="enforcement.acted" if carried or stale else "", subject=stage, detail=detail, later=later, held=held,
                    failed=failed)


def _apart(away: dict[int, Outage], rows: int, later: dict[int, datetime], now: datetime) -> dict[int, str]:
    """Let one device that is away not hold up the others' measures; returns what failed for good.

    Alone in its batch, an outage is the runner's business (it backs off); beside others it comes again in a minute.
    """
    if away and rows == 1:
        raise next(iter(away.values()))
    later.update(dict.fromkeys((row for row, e in away.items() if not e.permanent), now + AGAIN))
    return {row: str(e) for row, e in away.items() if e.permanent}


def _executed(measure: Measure, answers: Sequence[Done], now: datetime) -> None:
    rules = ladder()
    began = (measure.notified_at or now) if measure.step == "warn" else now
    ends = end_of(measure.step, now, rules)
    verified = bool(answers) and all(a.verified for a in answers)
    hit = Measure.objects.filter(id=measure.id, state__in=("approved", "notified")).update(
        state="verified" if verified else "executed", executed_at=began, verified_at=now if verified else None, ends_at=ends,
        by_hand="" if verified else "apply",
        carried_out={"actuators": [a.as_json() for a in answers], "logins": registry.logins(measure, now)})
    if not hit:
        return
    if measure.step == "brake":
        letter_for(measure, rules, now)
    record(measure.case, now, "measure.executed", BY, {"measure": measure.ref, "step": measure.step})
    wake(measure.case_id, "decision", now)


def end_of(step: str, start: datetime, rules: Ladder) -> datetime | None:
    """Return when a measure ends by itself: the brake at the later of 72 h and noon of the next business day."""
    if step == "brake":
        return max(start + timedelta(hours=rules.brake_hours), noon_of_next_business_day(start))
    days = rules.period_days.get(step)
    return start + timedelta(days=days) if days else None


def end(ids: Sequence[int], ctx: Context, stage: str) -> Prepared:
    """End measures whose period has run out; of the others, let go the logins that are another contract's now."""
    rows = list(Measure.objects.filter(id__in=ids).select_related("case__contract"))
    later = {m.id: m.ends_at for m in rows if m.ends_at is not None and m.ends_at > ctx.now}
    over = [m for m in rows if m.ends_at is not None and m.ends_at <= ctx.now]
    passed = [(m, logins) for m, logins in passed_on.left((m for m in rows if m not in over), ctx.now) if logins]
    answers: dict[int, list[Done]] = {}
    away: dict[int, Outage] = {}
    for measure, logins in [*((m, ()) for m in over), *passed]:
        try:
            answers[measure.id] = registry.let_go(measure, logins) if logins else registry.undo(measure)
        except Outage as e:
            away[measure.id] = e
    failed = _apart(away, len(rows), later, ctx.now)

    def write() -> None:
        for measure in (m for m in over if m.id in answers):
            reverted(measure, measure.end_reason or "period", BY, ctx.now, answers[measure.id])
        for measure, logins in ((m, logins) for m, logins in passed if m.id in answers):
            _let_go(measure, logins, answers[measure.id], ctx.now)

    return Prepared(write=write, act="enforcement.ended" if answers else "", subject=stage,
                    detail={"ended": [[m.ref, m.step] for m in over if m.id in answers],
                            "let_go": [[m.ref, len(logins)] for m, logins in passed if m.id in answers]}, later=later, failed=failed)


def _let_go(measure: Measure, logins: Sequence[str], answers: Sequence[Done], now: datetime) -> None:
    gone = [*measure.carried_out.get("let_go", ()), *logins]
    by_hand = measure.by_hand or ("" if all(a.verified for a in answers) else "undo")
    Measure.objects.filter(id=measure.id).update(carried_out=measure.carried_out | {"let_go": gone}, by_hand=by_hand)
    record(measure.case, now, "measure.let_go", BY, {"measure": measure.ref, "step": measure.step, "logins": len(logins),
                                                     "actuators": [a.as_json() for a in answers]})


def undo(measure: Measure) -> list[Done] | None:
    """Take a measure back on the equipment; None where some of it is away. Call outside any transaction."""
    try:
        return registry.undo(measure)
    except Outage as e:
        log.warning("measure.undo_waits ref=%s %s", measure.ref, e)
        return None


def release(measure: Measure, why: str, by: Actor, now: datetime, answers: Sequence[Done] | None) -> bool:
    """Write the end of a measure in force before its time, inside the caller's transaction. False where it had ended before.

    `answers` are those of `undo`; None leaves the equipment to the stage, which comes again until it is reached.
    """
    if answers is not None:
        return reverted(measure, why, by, now, answers)
    changes: dict[str, Any] = {"ends_at": now, "end_reason": why, "work": DUE, "due_at": micros(now), "tries": 0}
    if why in {"appeal", "incident"}:
        changes["decided_at"] = now
    if not Measure.objects.filter(id=measure.id, state__in=("executed", "verified")).update(**changes):
        return False
    record(measure.case, now, "measure.ending", by, {"measure": measure.ref, "step": measure.step, "why": why})
    return True


def reverted(measure: Measure, why: str, by: Actor, now: datetime, answers: Sequence[Done]) -> bool:
    """Write the end of a measure in force (`period unlock appeal incident officer`). False where it had ended before.

    An appeal or an incident is a decision about the step: it then needs events after `now`.
    """
    gone = all(a.verified for a in answers)
    changes: dict[str, Any] = {"state": "reverted", "reverted_at": now, "end_reason": why, "work": DONE, "by_hand": "" if gone else "undo"}
    if why in {"appeal", "incident"}:
        changes["decided_at"] = now
    if not Measure.objects.filter(id=measure.id, state__in=("executed", "verified")).update(**changes):
        return False
    record(measure.case, now, "measure.reverted", by, {"measure": measure.ref, "step": measure.step, "why": why,
                                                       "actuators": [a.as_json() for a in answers]})
    wake(measure.case_id, "decision", now)
    return True
