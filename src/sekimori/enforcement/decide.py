"""Decide about cases: load their facts together, plan each (pure), carry the plans into rows together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from sekimori.cases.events import record
from sekimori.cases.models import Case, Deadline
from sekimori.contracts.models import Contract
from sekimori.enforcement import casefacts, letters, measures, whynot
from sekimori.enforcement.casefacts import World
from sekimori.enforcement.ladder.facts import Facts
from sekimori.enforcement.ladder.plan import Plan, plan
from sekimori.enforcement.ladder.position import why_not
from sekimori.enforcement.measures import Wish
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
STANDING = ("grade", "next_step", "why_not", "state")


def look(case: Case, now: datetime, about: World) -> tuple[Facts, Plan]:
    """Return facts and plan of a case, without writing anything."""
    facts = casefacts.load(case, now, about)
    return facts, plan(facts)


def decide(case_id: int, now: datetime, about: World) -> dict[str, Any] | None:
    """Decide about one case, as `decide_all` does about many; None for a closed case."""
    return next(iter(decide_all([case_id], now, about)), None)


def decide_all(case_ids: Sequence[int], now: datetime, about: World) -> list[dict[str, Any]]:
    """Decide about cases and write what follows; closed ones are left out. Call inside a transaction.

    Returns for each what the ledger keeps of it: grade, next step, the unmet conditions of every step, the measures made, and
    where it changed the text that the page of the case shows of them.
    Cases of one contract come one after the other: what is decided in the first counts in the second.
    """
    told: list[dict[str, Any]] = []
    waiting = list(case_ids)
    while waiting:
        cases = {c.pk: c for c in Case.objects.filter(id__in=waiting, closed_at__isnull=True).select_related("contract")}
        these, waiting = _one_each([cases[i] for i in waiting if i in cases])
        told += _decide_round(these, now, about)
    return told


def _one_each(cases: Sequence[Case]) -> tuple[list[Case], list[int]]:
    """Return the first case of each contract, and the ids of the rest."""
    first: dict[int, Case] = {}
    rest = [c.pk for c in cases if first.setdefault(c.contract_id, c) is not c]
    return list(first.values()), rest


def _decide_round(cases: Sequence[Case], now: datetime, about: World) -> list[dict[str, Any]]:
    if connection.vendor == "postgresql":  # SQLite has one writer; the limits that span a contract's cases need this
        list(Contract.objects.select_for_update().filter(id__in=[c.contract_id for c in cases]).order_by("id"))
    _tidy(cases, now)
    facts = casefacts.load_all(cases, now, about)
    plans = {c.pk: plan(facts[c.pk]) for c in cases}
    for case in cases:
        for measure in _stale(case, plans[case.pk]):
            measures.void(measure, "void", "finding", BY, now)
    made: dict[int, list[Measure]] = defaultdict(list)
    for measure in measures.make_all([Wish(c, w, facts[c.pk], plans[c.pk].position) for c in cases for w in plans[c.pk].propose], BY, now):
        made[measure.case_id].append(measure)
    for case in cases:
        if plans[case.pk].hearing:
            _invite(case, facts[case.pk], now)
        if plans[case.pk].close:
            case.closed_at, case.outcome, case.state = now, "clean", "closed"
            record(case, now, "case.closed", BY, {"outcome": "clean"})
    said = {c.pk: whynot.texts(c.why_not) for c in cases}
    stand_all([(c, facts[c.pk], plans[c.pk]) for c in cases])
    return [{"case": c.ref, "grade": plans[c.pk].position.grade, "next": plans[c.pk].position.next_step, "closed": plans[c.pk].close,
             "why_not": {s.step: sorted(s.names) for s in plans[c.pk].position.standings},
             "measures": [[m.ref, m.step, m.state, m.subject_hash] for m in made[c.pk]],
             **({"text": now_said} if (now_said := whynot.texts(c.why_not)) != said[c.pk] else {})} for c in cases]


def _stale(case: Case, todo: Plan) -> list[Measure]:
    return list(Measure.objects.filter(case=case, step__in=todo.stale, path="ladder", state__in=measures.OPEN, rehearsal=False)) if todo.stale else []


def stand_all(looked: Sequence[tuple[Case, Facts, Plan]]) -> None:
    """Write the cases' standings where they changed (shown in lists, never decided upon), and when time alone calls for the next look."""
    changed = []
    for case, facts, todo in looked:
        before = [getattr(case, f) for f in STANDING]
        where = todo.position
        case.grade, case.next_step, case.why_not = where.grade, where.next_step, why_not(where)
        if case.closed_at is None:
            case.state = _state(facts)
        if todo.close or before != [getattr(case, f) for f in STANDING]:
            changed.append(case)
    columns = (*STANDING, "closed_at", "outcome")
    fields = {f.attname: f for f in Case._meta.concrete_fields}
    with connection.cursor() as cursor:  # the ORM's bulk_update costs as much as the whole decision
        cursor.executemany(
            "UPDATE cases_case SET grade = %s, next_step = %s, why_not = %s, state = %s, closed_at = %s, outcome = %s WHERE id = %s",
            [(*(fields[f].get_db_prep_save(getattr(c, f), connection) for f in columns), c.pk) for c in changed])
    look_again_all({c.pk: todo.next_look for c, _, todo in looked if c.closed_at is None and todo.next_look is not None})


def look_again_all(looks: Mapping[int, datetime]) -> None:
    """Keep one pending look of each case (id → instant) that time alone calls for, at its next date."""
    if not looks:
        return
    pending = Deadline.objects.filter(case__in=looks, kind="ladder", work=DUE, lease__isnull=True)
    kept = {(row, case) for row, case in pending.values_list("id", "case_id")}
    with connection.cursor() as cursor:
        cursor.executemany("UPDATE cases_deadline SET due_at = %s, tries = 0 WHERE id = %s AND work = 'due' AND lease IS NULL",
                           [(micros(looks[case]), row) for row, case in sorted(kept)])
    Deadline.objects.bulk_create([Deadline(case_id=case, kind="ladder", due_at=micros(at))
                                  for case, at in sorted(looks.items()) if case not in {c for _, c in kept}])


def _tidy(cases: Sequence[Case], now: datetime) -> None:
    """Void what ran out, and what was agreed to before the evidence changed, in cases that have measures open."""
    by_id = {c.pk: c for c in cases}
    asked = Measure.objects.filter(case__in=by_id, state__in=measures.OPEN, approvals_needed__gt=0).values_list("case_id", flat=True)
    for case_id in sorted(set(asked)):
        run_out(by_id[case_id], now)
        changed(by_id[case_id], now)


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


def _state(facts: Facts) -> str:
    in_force = {m.step for m in facts.measures if m.state in measures.IN_FORCE}
    for step, word in STATES:
        if step in in_force:
            return word
    return "warned" if "warn" in in_force else "open"
