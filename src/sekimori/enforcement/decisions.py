"""What officers decide: approve, refuse, hold, go, confirm a brake. Each is one transaction with its ledger entry.

Acts that the rules do not allow raise Refused with a stable code; nothing is written then.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from sekimori.cases import receipts
from sekimori.cases.events import record
from sekimori.cases.models import Case
from sekimori.cases.wake import wake
from sekimori.contracts.models import Contract
from sekimori.enforcement import casefacts, measures
from sekimori.enforcement.decide import run_out
from sekimori.enforcement.ladder.guard import DURING_EXECUTION
from sekimori.enforcement.ladder.lanes import STEP_OF
from sekimori.enforcement.ladder.lanes import standing as lane_standing
from sekimori.enforcement.ladder.position import position
from sekimori.enforcement.letters import letter_for
from sekimori.enforcement.models import Approval, Hold, Letter, Measure
from sekimori.enforcement.subject import evidence_hash
from sekimori.ledger.service import write
from sekimori.policy import ladder
from sekimori.policy.calendar import add_business_days
from sekimori.policy.types import STEPS
from sekimori.values.actors import Actor
from sekimori.values.clock import from_micros, micros
from sekimori.values.outcomes import Refused
from sekimori.work import clockmark
from sekimori.work.columns import DUE, HELD
from sekimori.work.models import ClockMark


def approve(officer: str, contract: Contract, step: str, now: datetime, *, seen: str = "", reason: str = "") -> Measure:
    """Give one officer's yes to the proposed measure of a step; `seen` is the subject hash that the officer's page showed.

    A brake in force is confirmed: it then lasts at most 30 days from its start. Raises Refused: `not_proposed`,
    `own_approval` (the same officer twice), `changed` (the subject is no longer what the officer saw), `conditions`.
    """
    by = Actor("officer", officer)
    with transaction.atomic():
        measure = _proposed(contract, step, now)
        if measure is None:
            return _confirm_brake(contract, step, by, now)
        if measure.evidence != evidence_hash(measure.case) or (seen and seen != measure.subject_hash):
            raise Refused("changed", "the measure changed after it was shown")
        given = list(measure.approvals.filter(void=False, verdict="approve"))
        if any(a.officer == officer for a in given):
            raise Refused("own_approval", "a second person must agree")
        Approval.objects.create(measure=measure, officer=officer, verdict="approve", subject_hash=measure.subject_hash, at=now, reason=reason)
        record(measure.case, now, "approval.given", by, {"measure": measure.ref, "step": step})
        expires = add_business_days(now, ladder().approval_business_days)
        wake(measure.case_id, "decision", expires)
        if len(given) + 1 >= measure.approvals_needed:
            _check(measure, now)
            if measures.approved(measure, expires, now):
                record(measure.case, now, "measure.approved", by, {"measure": measure.ref, "step": step})
                if step != "brake":  # a brake's letter goes out as it is carried out
                    letter_for(measure, ladder(), now)
        wake(measure.case_id, "decision", now)
        write(by, "approval.given", measure.ref, {"step": step, "subject": measure.subject_hash}, now)
        measure.refresh_from_db()
        return measure


def refuse(officer: str, contract: Contract, step: str, now: datetime, *, reason: str = "") -> Measure:
    """Say no to a proposed measure, or to one approved but not carried out. The same step then needs new events.

    Raises Refused: `not_proposed`.
    """
    by = Actor("officer", officer)
    with transaction.atomic():
        measure = Measure.objects.filter(contract=contract, step=step, state__in=measures.OPEN, rehearsal=False).order_by("id").first()
        if measure is None or not measures.void(measure, "refused", "refused", by, now, decided=True):
            raise Refused("not_proposed", f"{step} is not proposed")
        Approval.objects.filter(measure=measure, officer=officer, void=False).update(void=True)
        Approval.objects.create(measure=measure, officer=officer, verdict="refuse", subject_hash=measure.subject_hash, at=now, reason=reason)
        wake(measure.case_id, "decision", now)
        write(by, "measure.refused", measure.ref, {"step": step}, now)
        return measure


def hold(officer: str, contract: Contract, step: str, now: datetime) -> None:
    """Stop a step of a contract until `go`. Raises Refused: `unknown_step`, `held` (it is held already)."""
    by = Actor("officer", officer)
    if step not in STEPS:
        raise Refused("unknown_step", step)
    with transaction.atomic():
        if Hold.objects.filter(contract=contract, step=step, lifted_at__isnull=True).exists():
            raise Refused("held", f"{step} is held already")
        Hold.objects.create(contract=contract, step=step, officer=officer, at=now)
        _letters(contract, step, DUE, HELD)
        _wake_all(contract, now, "case.held", by, step)
        write(by, "step.held", contract.handle, {"step": step}, now)


def go(officer: str, contract: Contract | None, step: str, now: datetime) -> None:
    """Lift a hold, and confirm the clock where it is in doubt. Raises Refused: `not_held`."""
    by = Actor("officer", officer)
    with transaction.atomic():
        doubt = ClockMark.objects.exclude(doubt="").first()
        lifted = Hold.objects.filter(contract=contract, step=step, lifted_at__isnull=True).update(lifted_at=now, lifted_by=officer) if contract else 0
        if doubt is None and not lifted:
            raise Refused("not_held", f"{step or 'nothing'} is not held")
        reports = 0
        if doubt is not None:
            reports = receipts.correct(from_micros(doubt.high), now)
            clockmark.confirm(now)
        if lifted and contract is not None:
            Measure.objects.filter(contract=contract, step=step, state__in=("approved", "notified"), work=HELD).update(work=DUE, due_at=micros(now))
            _letters(contract, step, HELD, DUE)
            _wake_all(contract, now, "case.released", by, step)
        write(by, "step.released" if lifted else "clock.confirmed", contract.handle if contract else "clock", {"step": step, "receipts": reports}, now)


def done_by_hand(officer: str, measure: Measure, now: datetime) -> None:
    """Confirm that a person carried a measure out, or took it back, where no equipment could. Raises Refused: `nothing_to_confirm`."""
    by = Actor("officer", officer)
    with transaction.atomic():
        what = measure.by_hand
        changes: dict[str, object] = {"by_hand": ""} if what == "undo" else {"by_hand": "", "state": "verified", "verified_at": now}
        still = Measure.objects.filter(id=measure.id, by_hand=what, state__in=("reverted", *measures.IN_FORCE) if what == "undo" else ("executed",))
        if not what or not still.update(**changes):
            raise Refused("nothing_to_confirm", measure.ref)
        record(measure.case, now, "measure.confirmed", by, {"measure": measure.ref, "what": what})
        write(by, "measure.confirmed", measure.ref, {"what": what}, now)


def _proposed(contract: Contract, step: str, now: datetime) -> Measure | None:
    for case in Case.objects.filter(contract=contract, closed_at__isnull=True):
        run_out(case, now)
    return Measure.objects.select_related("case__contract").filter(
        contract=contract, step=step, state="proposed", rehearsal=False).order_by("id").first()


def _check(measure: Measure, now: datetime) -> None:
    """The last yes counts only while all other conditions still hold."""
    facts = casefacts.load(measure.case, now, casefacts.world())
    lane = measure.path in STEP_OF
    names = (lane_standing(facts, measure.path) if lane else position(facts).of(measure.step)).names
    missing = sorted(names - DURING_EXECUTION)
    if missing:
        raise Refused("conditions", ", ".join(missing))


def _confirm_brake(contract: Contract, step: str, by: Actor, now: datetime) -> Measure:
    brake = Measure.objects.select_related("case").filter(
        contract=contract, step="brake", state__in=measures.IN_FORCE, rehearsal=False).order_by("id").first() if step == "brake" else None
    if brake is None or brake.executed_at is None:
        raise Refused("not_proposed", f"{step} is not proposed")
    if brake.approvals.filter(void=False, verdict="approve").exclude(at__lt=brake.executed_at).exists():
        raise Refused("own_approval", "the brake is confirmed already")
    ends = brake.executed_at + timedelta(days=ladder().brake_longest_days)
    Approval.objects.create(measure=brake, officer=by.id, verdict="approve", subject_hash=brake.subject_hash, at=now)
    Measure.objects.filter(id=brake.id).update(ends_at=ends, due_at=micros(ends))
    record(brake.case, now, "brake.confirmed", by, {"measure": brake.ref})
    write(by, "brake.confirmed", brake.ref, {"ends_at": ends.isoformat()}, now)
    brake.refresh_from_db()
    return brake


def _letters(contract: Contract, step: str, now_is: str, becomes: str) -> None:
    Letter.objects.filter(case__contract=contract, kind=step, work=now_is, lease__isnull=True).update(work=becomes)


def _wake_all(contract: Contract, now: datetime, act: str, by: Actor, step: str) -> None:
    for case in Case.objects.filter(contract=contract, closed_at__isnull=True):
        record(case, now, act, by, {"step": step})
        wake(case.id, "decision", now)
