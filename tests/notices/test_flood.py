"""A source that would warn unusually many members is held for a person: rule, stage, release."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notices_rows import case, contract, letter, measure, run
from sekimori.contracts.models import Contract
from sekimori.enforcement import queue, switches
from sekimori.enforcement.models import Letter, Switch
from sekimori.notices import flood
from sekimori.notices.models import Notice
from sekimori.notices.stages import MemberLetterStage
from sekimori.values.actors import Actor
from sekimori.values.outcomes import Refused

OFFICER = Actor("officer", "hana")


@pytest.mark.parametrize(("in_hour", "hours", "today", "contracts", "why"), [
    (151, [50] * 5, 0, 10**6, "hour"), (150, [50] * 5, 0, 10**6, ""), (50, [1] * 9, 0, 10**6, ""), (51, [1] * 9, 0, 10**6, "hour"),
    (10_000, [1] * 4, 0, 10**9, ""), (0, [], 2001, 10**6, "day"), (0, [], 2000, 10**6, ""), (0, [], 100, 10, ""), (0, [], 101, 10, "day"),
])
def test_limits(in_hour, hours, today, contracts, why):
    assert flood.exceeded(in_hour, hours, today, contracts) == why


@given(st.integers(0, 5000), st.lists(st.integers(1, 500), max_size=30), st.integers(0, 5000), st.integers(0, 10**7))
def test_more_is_never_less_suspicious(in_hour, hours, today, contracts):
    if flood.exceeded(in_hour, hours, today, contracts):
        assert flood.exceeded(in_hour + 1, hours, today + 1, contracts)


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(flood, "HOUR_FLOOR", 5)
    monkeypatch.setattr(flood, "DAY_FLOOR", 8)


def warnings(count, now, step="warn", **changes):
    return [letter(k := case(now, findings=1), now, step, about=measure(k, now, step, **changes)) for _ in range(count)]


def written():
    return Notice.objects.filter(audience="member").count()


@pytest.mark.django_db
def test_a_flood_waits_as_one_item_and_goes_when_an_officer_says_so(folder, now, small):
    warnings(8, now - timedelta(hours=2))
    run(MemberLetterStage(), now - timedelta(hours=2))
    assert written() == 8 and queue.count() == 0
    warnings(12, now)
    run(MemberLetterStage(), now)
    assert written() == 8
    assert Letter.objects.filter(work="held", held_for="feed.example").count() == 12
    assert [(i.kind, i.reference) for i in queue.items()] == [("flood", "feed.example")]
    warnings(1, now)
    run(MemberLetterStage(), now)
    assert written() == 8, "what comes later from the source waits too"
    assert switches.release("feed.example", OFFICER, now + timedelta(hours=1)) == 13
    run(MemberLetterStage(), now + timedelta(hours=1))
    assert written() == 21 and queue.count() == 0
    warnings(3, now + timedelta(hours=2))
    run(MemberLetterStage(), now + timedelta(hours=2))
    assert written() == 24, "a person looked today"
    with pytest.raises(Refused):
        switches.release("feed.example", OFFICER, now)


@pytest.mark.django_db
def test_an_hour_far_above_the_median_of_thirty_days_is_held(folder, now, small, monkeypatch):
    monkeypatch.setattr(flood, "DAY_FLOOR", 10_000)
    for day in range(6, 0, -1):
        at = now - timedelta(days=day)
        warnings(2, at)
        run(MemberLetterStage(), at)
    assert written() == 12
    warnings(6, now)
    run(MemberLetterStage(), now)
    assert written() == 18, "three times the median"
    warnings(1, now)
    run(MemberLetterStage(), now)
    assert written() == 18 and Switch.objects.get(name="flood:feed.example").on


@pytest.mark.django_db
def test_only_what_reports_alone_decided_counts(folder, now, small):
    warnings(20, now, "restrict_mail", approvals_needed=2)
    for x in warnings(20, now):
        Letter.objects.filter(pk=x.pk).update(rehearsal=True)
    run(MemberLetterStage(), now)
    assert written() == 40 and not Switch.objects.filter(name__startswith="flood:").exists()
    assert Contract.objects.count() == 40 and contract()


@pytest.mark.django_db
def test_one_source_does_not_hold_another(folder, now, small):
    from sekimori.reports.models import Report, Reporter

    many, few = warnings(20, now), warnings(3, now)
    other = Reporter.objects.create(domain="quiet.example", first_seen=now)
    Report.objects.filter(findings__case_entry__case__in=[x.case_id for x in few]).update(reporter=other)
    run(MemberLetterStage(), now)
    assert set(Letter.objects.filter(work="done").values_list("pk", flat=True)) == {x.pk for x in few}
    assert Letter.objects.filter(work="held").count() == len(many)
