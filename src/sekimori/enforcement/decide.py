"""Decide about one case: load facts, plan (pure), carry the plan into rows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection

from sekimori.cases.events import record
from sekimori.cases.models import Case, Deadline
from sekimori.contracts.models import Contract
from sekimori.enforcement import casefacts, letters, measures
from sekimori.enforcement.casefacts import World
from sekimori.enforcement.ladder.facts import Facts
from sekimori.enforcement.ladder.plan import Plan, plan
from sekimori.enforcement.ladder.position import why_not
from sekimori.enforcement.models import Approval, Measure
from sekimori.enforcement.subject import evidence_hash
from sekimori.policy import ladder
from sekimori.policy.calendar import add_business_days
from sekimori.values.actors import Actor
from sekimori.values.clock import micros
from sekimori.work.columns import DUE

BY = Actor("stage", "enforcement.decide")
STATES = (("terminate", "terminated"), ("suspend_line", "suspended"), ("restrict_mail", "restricted"),
          ("port_filter", "restricted"), ("brake", "restricted"))


def look(case: Case, now: datetime, about: World) -> tuple[Facts, Plan]:
    """Return facts and plan of a case, without writing anything."""
    facts = casefacts.load(case, now, about)
    return facts, plan(facts)


def decide(case_id: int, now: datetime, about: World) -> dict[str, Any] | None:
    """Decide about a case and write what follows; None for a closed case. Call inside a transaction.

    Returns what the ledger keeps of it: grade, next step, the unmet conditions of every step, the measures made.
    """
    case = Case.objects.select_related("contract").get(id=case_id)
    if case.closed_at is not None:
        return None
    if connection.vendor == "postgresql":  # SQLite has one writer; the limits that span a contract's cases need this
        Contract.objects.select_for_update().get(id=case.contract_id)
    run_out(case, now)
    changed(case, now)
    facts, todo = look(case, now, about)
    for step in todo.stale:
        for measure in Measure.objects.filter(case=case, step=step, path="ladder", state__in=measures.OPEN, rehearsal=False):
            measures.void(measure, "void", "finding", BY, now)
    made = [m for m in (measures.make(case, wanted, facts, todo.position, BY, now) for wanted in todo.propose) if m is not None]
    if todo.hearing:
        _invite(case, facts, now)
    if todo.close:
        case.closed_at, case.outcome, case.state = now, "clean", "closed"
        record(case, now, "case.closed", BY, {"outcome": "clean"})
    stand(case, facts, todo, now)
    return {"case": case.ref, "grade": todo.position.grade, "next": todo.position.next_step, "closed": todo.close,
            "why_not": {s.step: sorted(s.names) for s in todo.position.standings}, "measures": [[m.ref, m.step, m.state, m.subject_hash] for m in made]}


def stand(case: Case, facts: Facts, todo: Plan, now: datetime) -> None:
    """Write the case's standing: shown in lists, never decided upon."""
    where = todo.position
    case.grade, case.next_step, case.why_not = where.grade, where.next_step, why_not(where)
    if case.closed_at is None:
        case.state = _state(case)
    case.save(update_fields=["grade", "next_step", "why_not", "state", "closed_at", "outcome"])
    if case.closed_at is None and todo.next_look is not None:
        look_again(case.id, todo.next_look)


def look_again(case_id: int, at: datetime) -> None:
    """Keep one pending look of a case that time alone calls for, at its next date."""
    pending = Deadline.objects.filter(case_id=case_id, kind="ladder", work=DUE, lease__isnull=True)
    if not pending.update(due_at=micros(at), tries=0):
        Deadline.objects.create(case_id=case_id, kind="ladder", due_at=micros(at))


def run_out(case: Case, now: datetime) -> None:
    """Void approvals that are too old, and measures that were approved but not carried out in time."""
    days = ladder().approval_business_days
    for measure in Measure.objects.filter(case=case, state__in=measures.OPEN, approvals_needed__gt=0):
        if measure.expires_at is not None and measure.expires_at <= now:
            measures.void(measure, "expired", "expired", BY, now)
            continue
        for approval in measure.approvals.filter(void=False, verdict="approve"):
            if add_business_days(approval.at, days) <= now and measure.state == "proposed":
                Approval.objects.filter(id=approval.id).update(void=True)
                record(case, now, "approval.expired", BY, {"measure": measure.ref, "officer": approval.officer})


def changed(case: Case, now: datetime) -> None:
    """Void what officers were asked or agreed to before the case's evidence changed; the plan proposes it anew."""
    for measure in Measure.objects.filter(case=case, state__in=measures.OPEN, approvals_needed__gt=0, rehearsal=False):
        if measure.evidence != evidence_hash(case):
            measures.void(measure, "void", "finding", BY, now)


def _invite(case: Case, facts: Facts, now: datetime) -> None:
    last = max((m.executed_at for m in facts.suspensions if m.stands and m.executed_at), default=now)
    letters.ask(case, "hearing", f"{case.ref}:hearing:{micros(last)}", now, prefer="letter",
                detail={"days": facts.ladder.hearing_letter_days})


def _state(case: Case) -> str:
    in_force = set(Measure.objects.filter(case=case, state__in=measures.IN_FORCE, rehearsal=False).values_list("step", flat=True))
    for step, word in STATES:
        if step in in_force:
            return word
    return "warned" if "warn" in in_force else "open"
