"""Make measures and move them from state to state. Every move is a compare-and-swap: two workers, one effect."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sekimori.cases.events import record
from sekimori.cases.models import Case
from sekimori.enforcement.ladder.facts import Facts
from sekimori.enforcement.ladder.plan import Propose
from sekimori.enforcement.ladder.position import Position
from sekimori.enforcement.letters import letter_for
from sekimori.enforcement.models import Approval, Letter, Measure
from sekimori.enforcement.reasons import reasons
from sekimori.enforcement.subject import evidence_hash, subject_hash
from sekimori.values.actors import Actor
from sekimori.values.clock import micros
from sekimori.values.ids import reference
from sekimori.work.columns import DONE, DUE, HELD

OPEN = ("proposed", "approved", "notified")
IN_FORCE = ("executed", "verified")


def make(case: Case, wanted: Propose, facts: Facts, where: Position, by: Actor, now: datetime) -> Measure | None:
    """Insert the measure that the plan asks for; None where it exists already (another worker was first).

    Call inside the transaction of the decision.
    """
    ground = facts.policy.ground(facts.path, wanted.step)
    days = facts.ladder.period_days.get(wanted.step, 0)
    text = reasons(wanted.step, wanted.grade, where.counted, facts.policy, ground, days)
    evidence = evidence_hash(case)
    measure = Measure(
        ref=reference("M"), case=case, contract_id=case.contract_id, step=wanted.step, path=wanted.path,
        state="rehearsed" if wanted.rehearsal else "approved" if wanted.automatic else "proposed", grade=wanted.grade,
        basis=ground.code if ground else "", scope=ground.scope if ground else "", target=wanted.target,
        key=_key(case, wanted), evidence=evidence, policy_version=facts.policy.version, ladder_version=facts.ladder.version, period_days=days, reason_ja=text.ja, reason_en=text.en,
        subject_hash=subject_hash(case.contract.handle, case.ref, wanted, evidence, text,
                                  (facts.policy.version, facts.ladder.version), ground.code if ground else "", days),
        approvals_needed=wanted.needed, proposed_by=str(by), proposed_at=now, approved_at=now if wanted.automatic else None,
        rehearsal=wanted.rehearsal, work=_work(wanted), due_at=micros(now))
    if Measure.objects.filter(key=measure.key).exists():
        return None
    Measure.objects.bulk_create([measure], ignore_conflicts=True)
    stored = Measure.objects.filter(ref=measure.ref).first()
    if stored is None:
        return None
    act = "measure.rehearsed" if wanted.rehearsal else "measure.approved" if wanted.automatic else "measure.proposed"
    record(case, now, act, by, {"measure": stored.ref, "step": stored.step, "grade": stored.grade})
    if wanted.rehearsal or (wanted.automatic and wanted.step != "brake"):  # a brake's letter goes out as it is carried out
        letter_for(stored, facts.ladder, now)
    return stored


def _work(wanted: Propose) -> str:
    """The brake is carried out at once; a proposal waits for officers; all else waits for its letter (handshake)."""
    if wanted.automatic:
        return DUE if wanted.step == "brake" else DONE
    return DONE if wanted.rehearsal else HELD


def _key(case: Case, wanted: Propose) -> str:
    """The n-th measure of a step in a case exists once, however many workers decide it at the same time."""
    before = Measure.objects.filter(case=case, step=wanted.step, path=wanted.path, target=wanted.target, rehearsal=wanted.rehearsal)
    number = 0 if wanted.rehearsal else before.exclude(state__in=OPEN).count()
    login = hashlib.sha256(wanted.target.encode()).hexdigest()[:16]
    lane = "" if wanted.path == "ladder" else f":{wanted.path}:{login}"
    return f"{case.ref}:{wanted.step}{':rehearsal' if wanted.rehearsal else ''}{lane}:{number}"


def void(measure: Measure, state: str, why: str, by: Actor, now: datetime, *, decided: bool = False) -> bool:
    """End a measure that was not carried out (`void expired refused`), and all approvals with it.

    `decided`: the same step then needs events after `now`. Returns False where it moved on before.
    """
    changes: dict[str, object] = {"state": state, "end_reason": why, "work": DONE}
    if decided:
        changes["decided_at"] = now
    if not Measure.objects.filter(id=measure.id, state__in=OPEN, executed_at__isnull=True).update(**changes):
        return False
    Approval.objects.filter(measure=measure, void=False, verdict="approve").update(void=True)
    Letter.objects.filter(measure=measure, work__in=(DUE, HELD), lease__isnull=True).update(work=DONE)  # nobody is told what will not come
    record(measure.case, now, f"measure.{state}", by, {"measure": measure.ref, "step": measure.step, "why": why})
    return True


def approved(measure: Measure, expires_at: datetime, now: datetime) -> bool:
    """Move a proposed measure to approved, void again at `expires_at`. Returns False where it moved on before."""
    brake = measure.step == "brake"
    return bool(Measure.objects.filter(id=measure.id, state="proposed", subject_hash=measure.subject_hash).update(
        state="approved", approved_at=now, expires_at=expires_at, work=DUE if brake else DONE, due_at=micros(now), tries=0))
