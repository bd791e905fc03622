"""Deciding about many cases at once writes the same as deciding about each alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

import notices_rows as rows
from sekimori.cases.models import Case, CaseFinding, Deadline, Event
from sekimori.enforcement import casefacts, decide, measures
from sekimori.enforcement.models import Approval, Hold, Letter, Measure, Switch
from sekimori.reports.models import Reporter, Track

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)


class Undo(Exception):
    """Rolls a savepoint back."""


@pytest.fixture
def cases():
    """Cases of every kind: nothing proven, one warning due, two of one contract, a warning long ago, a stale wish, a hold, an old case."""
    Switch.objects.create(name="live:*", on=True, by="test", at=NOW)
    reporter = Reporter.objects.create(domain="feed.example", first_seen=NOW)
    Track.objects.create(reporter=reporter, category="*", confirmed=50, refuted=0)
    told = {"has_original": True}
    shared = rows.contract()
    made = [rows.case(NOW, **told), rows.case(NOW), rows.case(NOW, holder=shared, **told),
            rows.case(NOW, holder=shared, category="connection", type_="ddos", **told)]
    grown = rows.case(NOW, findings=6, **told)
    rows.measure(grown, NOW - timedelta(days=9), state="executed", executed_at=NOW - timedelta(days=9), notified_at=NOW - timedelta(days=9))
    wish = rows.measure(grown, NOW - timedelta(days=1), step="restrict_mail", state="proposed", approvals_needed=1, evidence="0" * 64)
    Approval.objects.create(measure=wish, officer="sato", verdict="approve", subject_hash=wish.subject_hash, at=NOW - timedelta(days=1))
    stopped = rows.case(NOW, **told)
    Hold.objects.create(contract=stopped.contract, step="warn", officer="sato", at=NOW)
    old = rows.case(NOW, **told)
    CaseFinding.objects.filter(case=old).update(withdrawn_at=NOW)
    closed = rows.case(NOW, **told)
    Case.objects.filter(id=closed.id).update(closed_at=NOW, state="closed")
    Deadline.objects.create(case=made[0], kind="ladder", due_at=5)
    return [*made, grown, stopped, old, closed]


def written(ids):
    """What stands in the rows, without ids, references and hashes of them."""
    return {
        "cases": list(Case.objects.filter(id__in=ids).order_by("id").values_list("id", "grade", "next_step", "why_not", "state", "closed_at", "outcome")),
        "measures": sorted(Measure.objects.values_list("case_id", "step", "state", "grade", "work", "approvals_needed", "rehearsal", "reason_ja", "evidence", "end_reason")),
        "letters": sorted((x.case_id, x.kind, x.work, x.avoid, str(x.detail)) for x in Letter.objects.all()),
        "events": sorted(Event.objects.values_list("case_id", "act")),
        "looks": sorted(Deadline.objects.values_list("case_id", "kind", "due_at")),
        "approvals": list(Approval.objects.values_list("void", flat=True)),
    }


def test_the_same_rows_as_one_by_one(cases):
    ids, about = [c.pk for c in cases], casefacts.world()
    found = []
    for together in (True, False):
        try:
            with transaction.atomic():
                told = decide.decide_all(ids, NOW, about) if together else [t for t in (decide.decide(i, NOW, about) for i in ids) if t is not None]
                found.append((written(ids), sorted((t["case"], t["grade"], str(t["why_not"]), len(t["measures"])) for t in told)))
                raise Undo
        except Undo:
            pass
    assert found[0] == found[1]
    (rows_now, told) = found[0]
    assert len(told) == len(cases) - 1
    kinds = {m[1:3] for m in rows_now["measures"]}
    assert ("warn", "approved") in kinds and ("restrict_mail", "void") in kinds
    assert {x[2] for x in rows_now["letters"]} == {"due"}
    stopped = cases[5].pk
    assert stopped not in {m[0] for m in rows_now["measures"]}, "an officer holds this step"


def test_the_second_case_of_a_contract_knows_what_the_first_decided(cases):
    """One informational warning per contract and 30 days: two cases of one batch do not both send it."""
    decide.decide_all([c.pk for c in cases], NOW, casefacts.world())
    pair = [c for c in cases if sum(o.contract_id == c.contract_id for o in cases) == 2]
    assert len(pair) == 2
    assert sorted(Measure.objects.filter(case__in=pair, step="warn").values_list("grade", "state")) == [("C", "approved")]


def test_deciding_again_makes_nothing_new(cases):
    ids, about = [c.pk for c in cases], casefacts.world()
    decide.decide_all(ids, NOW, about)
    before = written(ids)
    decide.decide_all(ids, NOW, about)
    assert written(ids) == before
    assert measures.make_all([], decide.BY, NOW) == []


def test_the_number_of_questions_does_not_grow_with_the_cases(cases):
    about = casefacts.world()
    more = [rows.case(NOW, has_original=True).pk for _ in range(20)]
    with CaptureQueriesContext(connection) as few:
        decide.decide_all(more[:2], NOW, about)
    with CaptureQueriesContext(connection) as many:
        decide.decide_all(more[2:], NOW, about)
    # executemany is counted as one; a bulk insert of 18 rows may be cut in two by the engine's limit of parameters
    assert len(many) <= len(few) + 4, (len(few), len(many))
