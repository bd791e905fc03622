"""Moving, merging, splitting, closing cases; ignore rules; the register of refusals."""

from datetime import UTC, date, datetime, timedelta

import pytest

import story
from sekimori.cases import ignore
from sekimori.cases.models import Case, CaseFinding, IgnoreRule
from sekimori.cases.store import open_case
from sekimori.enforcement import caseevents, casefacts, casework, decide, refusals
from sekimori.enforcement.models import Measure
from sekimori.ledger.models import Entry
from sekimori.reports.models import Track
from sekimori.values.actors import Actor
from sekimori.values.outcomes import Refused

pytestmark = pytest.mark.django_db
BY = Actor("officer", "sato")
NOW = datetime.fromisoformat(story.at(9, "12:00")).astimezone(UTC)


def test_moving_evidence_voids_what_was_agreed(folder):
    story.tell(folder, story.WARNED)
    measure = Measure.objects.get(step="restrict_mail", state="proposed")
    case = measure.case
    moved = casework.split(CaseFinding.objects.filter(case=case).order_by("-id")[:1], "connection", BY, NOW)
    assert moved.policy == "connection"
    assert moved.findings_count == 1
    case.refresh_from_db()
    assert case.findings_count == 2
    decide.decide(case.id, NOW, casefacts.world())
    measure.refresh_from_db()
    assert measure.state == "void"
    casework.merge(moved, case, BY, NOW)
    moved.refresh_from_db()
    assert (moved.state, moved.outcome) == ("merged", "merged")
    assert CaseFinding.objects.filter(case=case).count() == 3
    assert {"findings.moved", "case.merged"} <= set(Entry.objects.values_list("act", flat=True))


def test_what_casework_refuses(folder):
    story.tell(folder, story.RESTRICTED)
    case = Case.objects.get()
    other = open_case(case.contract_id, "connection", "connection/ddos", NOW)
    for act, code in ((lambda: casework.merge(case, case, BY, NOW), "same"), (lambda: casework.merge(case, other, BY, NOW), "in_force"),
                      (lambda: casework.close_unfounded(case, BY, NOW), "in_force"), (lambda: casework.split([], "content", BY, NOW), "nothing")):
        with pytest.raises(Refused, match=code):
            act()
    other.closed_at = NOW
    with pytest.raises(Refused, match="closed"):
        casework.move(case.entries.select_related("case"), other, BY, NOW)


def test_unfounded_reports_count_against_their_reporters(folder):
    story.tell(folder, story.own(2, "09:00", "Q1"))
    before = Track.objects.get(reporter__domain="feed.example", category="*")
    casework.close_unfounded(Case.objects.get(), BY, NOW)
    after = Track.objects.get(reporter__domain="feed.example", category="*")
    assert after.refuted == before.refuted + 1
    assert Case.objects.get().outcome == "unfounded"


def test_our_own_log_confirms_a_reporter(folder):
    story.tell(folder, story.own(2, "09:00", "Q1"))
    assert Track.objects.get(reporter__domain="feed.example", category="*").confirmed == 51
    assert caseevents.record_of((1, 0), (51, 0)) == (51, 0)
    assert caseevents.record_of((5, 3), (500, 3)) == (5, 3)
    assert caseevents.record_of((4, 0), (0, 0)) == (4, 0)


def test_acts_on_many_are_shown_first(folder):
    story.tell(folder, story.own(2, "09:00", "Q1"))
    cases = list(Case.objects.select_related("contract"))
    shown = casework.many(cases, lambda c: casework.close_unfounded(c, BY, NOW), really=False)
    assert [p.refused for p in shown] == [""]
    assert Case.objects.get().closed_at is None
    casework.many(cases, lambda c: casework.close_unfounded(c, BY, NOW), really=True)
    assert [p.refused for p in casework.many(list(Case.objects.all()), lambda c: casework.close_unfounded(c, BY, NOW), really=True)] == ["closed"]


def test_repeats_fade():
    half = timedelta(days=180)
    assert casework.repeat_score([NOW, NOW - half], NOW) == pytest.approx(1.5)
    assert casework.repeat_score([NOW + half], NOW) == 0


def test_ignored_findings_are_kept_but_open_no_case(folder):
    start = datetime.fromisoformat(story.at(1)).astimezone(UTC)
    ignore.add(BY, start, start + timedelta(days=30), "our own scanner", prefix="198.18.0.0/24", category="messaging")
    story.tell(folder, [{"at": story.at(2), "event": "report", "make": {
        "format": "arf", "reporter": "desk@feed.example", "authenticated": True, "category": "messaging/spam", "source_ip": "198.18.0.1",
        "time": story.at(2, "09:00"), "headers": True}}])
    assert Case.objects.count() == 0
    rule = IgnoreRule.objects.get()
    assert rule.hits == 1
    ignore.end(rule, BY, NOW)
    assert ignore.rules(NOW) == []
    with pytest.raises(Refused, match="ended"):
        ignore.end(rule, BY, NOW)


@pytest.mark.parametrize(("fields", "code"), [
    ({}, "empty"), ({"prefix": "198.18.0.1/8"}, "prefix"), ({"reporter": "x.example", "days": 0}, "expiry"), ({"reporter": "x.example", "days": 400}, "expiry"),
    ({"reporter": "x.example", "reason": " "}, "reason")])
def test_ignore_rules_that_are_none(fields, code):
    days, reason = fields.pop("days", 10), fields.pop("reason", "because")
    with pytest.raises(Refused, match=code):
        ignore.add(BY, NOW, NOW + timedelta(days=days), reason, **fields)


def test_a_rule_matches_all_that_it_states():
    rule = ignore.Rule("G", ignore.parse_prefix("198.18.0.0/24"), "feed.example", "messaging")
    assert rule.matches("198.18.0.9", "feed.example", "messaging/spam")
    assert not rule.matches("198.18.1.9", "feed.example", "messaging/spam")
    assert not rule.matches("", "feed.example", "messaging/spam")
    assert not rule.matches("198.18.0.9", "other.example", "messaging/spam")
    assert not rule.matches("198.18.0.9", "feed.example", "connection/ddos")
    assert not rule.matches("2001:db8::1", "feed.example", "messaging/spam")


def test_the_register_of_refusals_knows_hashes_only(folder):
    story.tell(folder, story.own(2, "09:00", "Q1"))
    contract = story.contract()
    with pytest.raises(Refused, match="not_terminated"):
        refusals.add(contract, "山田 花子", date(1980, 4, 1), "03-1234-5678", "第20条", BY, NOW)
    Measure.objects.update(step="terminate")
    refusals.add(contract, "ヤマダ ハナコ", date(1980, 4, 1), "+81 3-1234-5678", "第20条", BY, NOW)
    found = refusals.check("ﾔﾏﾀﾞ　ﾊﾅｺ", date(1980, 4, 1), "０３（１２３４）５６７８", BY, NOW)
    assert found is not None
    assert "ヤマダ" not in str(found.__dict__)
    assert refusals.check("ヤマダ ハナコ", date(1980, 4, 2), "03-1234-5678", BY, NOW) is None
    assert refusals.check("ヤマダ ハナコ", date(1980, 4, 1), "03-1234-5678", BY, NOW + timedelta(days=732)) is None
    assert Entry.objects.filter(act="refusal.checked").count() == 3
    refusals.lift(found, BY, NOW)
    assert refusals.check("ヤマダ ハナコ", date(1980, 4, 1), "03-1234-5678", BY, NOW) is None
    assert refusals.expire(NOW + timedelta(days=740)) == 1
