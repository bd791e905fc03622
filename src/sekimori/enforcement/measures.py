"""Make measures and move them from state to state. Every move is a compare-and-swap: two workers, one effect."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sekimori.cases.events import record
from sekimori.cases.models import Case, Event
from sekimori.enforcement import whynot
from sekimori.enforcement.ladder.facts import Facts
from sekimori.enforcement.ladder.plan import Propose
from sekimori.enforcement.ladder.position import Position, why_not
from sekimori.enforcement.letters import letters_for
from sekimori.enforcement.models import Approval, Letter, Measure
from sekimori.enforcement.reasons import Reasons, reasons
from sekimori.enforcement.subject import evidence_hashes, subject_hash
from sekimori.values.actors import Actor
from sekimori.values.clock import micros
from sekimori.values.ids import reference
from sekimori.work.columns import DONE, DUE, HELD

OPEN = ("proposed", "approved", "notified")
IN_FORCE = ("executed", "verified")


class Wish(NamedTuple):
    """A measure that the plan of a case asks for."""

    case: Case
    wanted: Propose
    facts: Facts
    where: Position


def make_all(wishes: Sequence[Wish], by: Actor, now: datetime) -> list[Measure]:
    """Insert the measures that plans ask for; those that exist already (another worker was first) are left out.

    Call inside the transaction of the decisions.
    """
    if not wishes:
        return []
    evidence = evidence_hashes({w.case.pk for w in wishes})
    keys = _keys(wishes)
    taken = set(Measure.objects.filter(key__in=keys).values_list("key", flat=True))
    fresh = [_new(w, key, evidence[w.case.pk], by, now) for w, key in zip(wishes, keys, strict=True) if key not in taken]
    Measure.objects.bulk_create(fresh, ignore_conflicts=True)
    stored = {m.ref: m for m in Measure.objects.filter(ref__in=[m.ref for m in fresh])}
    made = []
    for one in fresh:
        if (measure := stored.get(one.ref)) is not None:
            measure.case = one.case
            made.append(measure)
    Event.objects.bulk_create([Event(case=m.case, at=now, act=f"measure.{m.state}", actor=str(by),
                                     detail={"measure": m.ref, "step": m.step, "grade": m.grade}) for m in made])
    # A brake's letter goes out as it is carried out.
    letters_for([m for m in made if m.state == "rehearsed" or (m.state == "approved" and m.step != "brake")], wishes[0].facts.ladder, now)
    return made


def _new(wish: Wish, key: str, evidence: str, by: Actor, now: datetime) -> Measure:
    case, wanted, facts, where = wish
    ground = facts.policy.ground(facts.path, wanted.step)
    days = facts.ladder.period_days.get(wanted.step, 0)
    text = _with_beyond(reasons(wanted.step, wanted.grade, where.counted, facts.policy, ground, days), where, wanted)
    versions = facts.policy.version, facts.ladder.version
    return Measure(
        ref=reference("M"), case=case, contract_id=case.contract_id, step=wanted.step, path=wanted.path,
        state="rehearsed" if wanted.rehearsal else "approved" if wanted.automatic else "proposed", grade=wanted.grade,
        basis=ground.code if ground else "", scope=ground.scope if ground else "", target=wanted.target,
        key=key, evidence=evidence, policy_version=versions[0], ladder_version=versions[1], period_days=days,
        reason_ja=text.ja, reason_en=text.en,
        subject_hash=subject_hash(case.contract.handle, case.ref, wanted, evidence, text, versions, ground.code if ground else "", days),
        approvals_needed=wanted.needed, proposed_by=str(by), proposed_at=now, approved_at=now if wanted.automatic else None,
        rehearsal=wanted.rehearsal, work=_work(wanted), due_at=micros(now))


def _with_beyond(text: Reasons, where: Position, wanted: Propose) -> Reasons:
    """Add to a restriction's statement of reasons why nothing further is done yet, as the page of the case says it."""
    if wanted.step == "warn" or wanted.path != "ladder":
        return text
    rows = why_not(where)
    ja, en = (whynot.beyond(rows, wanted.step, language) for language in ("ja", "en"))
    return Reasons(text.ja + ja, f"{text.en} {en}".rstrip())


def _work(wanted: Propose) -> str:
    """The brake is carried out at once; a proposal waits for officers; all else waits for its letter (handshake)."""
    if wanted.automatic:
        return DUE if wanted.step == "brake" else DONE
    return DONE if wanted.rehearsal else HELD


def _keys(wishes: Sequence[Wish]) -> list[str]:
    """The n-th measure of a step in a case exists once, however many workers decide it at the same time."""
    ended = Counter(Measure.objects.filter(case__in={w.case.pk for w in wishes}, rehearsal=False).exclude(state__in=OPEN)
                    .values_list("case_id", "step", "path", "target"))
    keys = []
    for case, wanted, _, _ in wishes:
        number = 0 if wanted.rehearsal else ended[case.pk, wanted.step, wanted.path, wanted.target]
        login = hashlib.sha256(wanted.target.encode()).hexdigest()[:16]
        lane = "" if wanted.path == "ladder" else f":{wanted.path}:{login}"
        keys.append(f"{case.ref}:{wanted.step}{':rehearsal' if wanted.rehearsal else ''}{lane}:{number}")
    return keys


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
