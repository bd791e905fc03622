"""Filing a batch at once gives the same rows as filing one by one."""

from __future__ import annotations

from datetime import timedelta

import pytest

import notices_rows as rows
from sekimori.attribution.models import Attribution
from sekimori.cases.models import Case, CaseFinding, Deadline, Event
from sekimori.cases.stages import OpenStage
from sekimori.evidence.models import Hold
from sekimori.intake.receive import receive
from sekimori.reports.models import Report, Reporter, Review, Track
from sekimori.values.clock import SetClock, micros
from sekimori.work.stage import Context
from support import NOW

pytestmark = pytest.mark.django_db


def answers(batch: int = 1):
    """Twelve answers of three contracts: certain, uncertain, sealed, free text, own log, a second answer, a second class."""
    reporter, _ = Reporter.objects.get_or_create(domain="feed.example", defaults={"first_seen": NOW})
    holders = [rows.contract() for _ in range(3)]
    out = []
    for n in range(12):
        message = receive(b"From: r@feed.example\r\n\r\n%d %d\r\n" % (batch, n), mail_from="r@feed.example", rcpt_to=["abuse@isp.example"], door="lmtp", peer="", now=NOW)
        report = Report.objects.create(message=message, kind="report", format="arf", version="1", reporter=reporter, received_at=NOW,
                                       authenticity="none" if n == 4 else "pass", free_text=n == 5)
        kind = {"category": "content", "type_": "csam"} if n == 6 else {"category": "connection", "type_": "ddos"} if n == 7 else {}
        found = rows.finding(NOW, report, at=NOW - timedelta(hours=n + 1), **kind)
        certain = n not in (3, 8)
        out.append(Attribution(finding=found, certainty="exact" if certain else "several", contract=holders[n % 3] if certain else None, how="radius", proof={"feed": "r1"},
                               at=NOW, due_at=micros(NOW), own_log=n in (1, 2)))
    return Attribution.objects.bulk_create(out)


def state():
    """What was written, without ids and references."""
    return {
        "cases": sorted((c.policy, c.category, c.findings_count, c.first_event, c.last_event) for c in Case.objects.all()),
        "entries": CaseFinding.objects.count(), "sources": set(CaseFinding.objects.values_list("source", flat=True)),
        "opened": Event.objects.filter(act="case.opened").count(), "filed": Event.objects.filter(act="finding.filed").count(),
        "holds": Hold.objects.filter(reference__startswith="case:").count(),
        "track": sorted(Track.objects.values_list("category", "confirmed")),
        "woken": len(set(Deadline.objects.filter(kind="findings", work="due").values_list("case__policy", "case__contract_id"))),
        "reviews": sorted(Review.objects.values_list("reason", flat=True)),
    }


def run(made):
    stage = OpenStage()
    prepared = stage.work([a.pk for a in made], Context(now=NOW, clock=SetClock(NOW), lease="x"))
    prepared.write()
    return prepared.detail


def test_the_same_rows_as_one_by_one(monkeypatch):
    made = answers()
    detail = run(made)
    together = state()
    assert detail["filed"] == together["entries"] == 9
    assert together["track"] == [("*", 2), ("messaging", 2)]
    assert together["reviews"] == ["free_text", "unauthenticated"]
    for model in (Review, Event, Deadline, CaseFinding, Hold, Case, Track, Attribution):
        model.objects.all().delete()
    monkeypatch.setattr("sekimori.cases.batch.sort", lambda _: (set(), set()))
    run(answers(2))
    one_by_one = state()
    for key in ("entries", "sources", "opened", "filed", "track", "reviews", "woken", "holds"):
        assert together[key] == one_by_one[key], key
    assert together["cases"] == one_by_one["cases"]


def test_a_second_run_changes_nothing_and_a_look_that_waits_is_not_asked_for_twice():
    made = answers()
    run(made)
    looks, before = Deadline.objects.count(), state()
    run(made)
    assert state() == before
    more = rows.finding(NOW, made[0].finding.report)
    run([Attribution.objects.create(finding=more, certainty="exact", contract=made[0].contract, how="radius", proof={}, at=NOW, due_at=micros(NOW))])
    assert Deadline.objects.count() == looks
    Deadline.objects.update(lease="somebody")
    again = rows.finding(NOW, made[0].finding.report)
    run([Attribution.objects.create(finding=again, certainty="exact", contract=made[0].contract, how="radius", proof={}, at=NOW, due_at=micros(NOW))])
    assert Deadline.objects.count() == looks + 1


def test_a_newer_answer_in_the_same_batch_goes_one_by_one():
    made = answers()[0]
    other = rows.contract()
    newer = Attribution.objects.create(finding=made.finding, revision=2, certainty="exact", contract=other, how="radius", proof={}, at=NOW, due_at=micros(NOW))
    run([made, newer])
    entry = CaseFinding.objects.get(finding=made.finding)
    assert entry.case.contract == other
