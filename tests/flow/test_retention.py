"""Every period of retention.toml ends something, on the day, and nothing that still waits or decides."""

from __future__ import annotations

from datetime import timedelta

import pytest

import notices_rows as rows
from sekimori.attribution.models import Attribution
from sekimori.cases.models import Case, CaseFinding
from sekimori.enforcement.models import Letter, Measure, Saying
from sekimori.evidence import store as evidence
from sekimori.flow import retention
from sekimori.intake.models import Message
from sekimori.intake.receive import receive
from sekimori.ledger.models import Entry
from sekimori.ledger.service import verify
from sekimori.notices.models import Courtesy, Notice, SignIn
from sekimori.policy.files import retention as periods
from sekimori.reports.models import Finding, Report, Review
from sekimori.staff.models import Attempt, OneTimeLink
from sekimori.staff.service import make_officer
from sekimori.values.actors import Actor
from sekimori.values.clock import micros
from sekimori.work.clockmark import observe
from support import NOW

pytestmark = pytest.mark.django_db
BY = Actor("command", "retention")
DAYS = timedelta(days=90)


def message(raw=b"From: r@feed.example\r\n\r\nx\r\n", **changes):
    found = receive(raw, mail_from="r@feed.example", rcpt_to=["abuse@isp.example"], door="lmtp", peer="", now=NOW)
    Message.objects.filter(pk=found.pk).update(**{"work": "done", "state": "read"} | changes)
    return found


def over(now):
    return retention.forget(BY, now)


def test_a_message_without_a_case_goes_after_its_days_and_not_before():
    assert periods().report_without_case_days == DAYS.days
    kept = message()
    report = Report.objects.create(message=kept, kind="report", format="arf", version="1", authenticity="pass", received_at=NOW)
    rows.finding(NOW, report)
    assert over(NOW + DAYS) == retention.Forgotten(0, 0)
    assert over(NOW + DAYS + timedelta(seconds=1)) == retention.Forgotten(1, 0)
    assert not Message.objects.exists()
    assert not Report.objects.exists()
    assert not Finding.objects.exists()
    assert '"messages":1' in Entry.objects.get(act="retention.forgotten").body
    assert not hasattr(verify(), "why")


@pytest.mark.parametrize("wait", ["work", "dead", "review", "finding", "attribution", "answer", "hold"])
def test_what_still_waits_stays(wait):
    kept = message(work="due") if wait == "work" else message(work="dead") if wait == "dead" else message()
    report = Report.objects.create(message=kept, kind="report", format="arf", version="1", authenticity="pass", received_at=NOW)
    found = rows.finding(NOW, report)
    if wait == "review":
        Review.objects.create(message=kept, group="g", reason="free_text", opened_at=NOW)
    if wait == "finding":
        Finding.objects.filter(pk=found.pk).update(work="held")
    if wait == "attribution":
        Attribution.objects.create(finding=found, certainty="several", how="", proof={}, at=NOW, due_at=micros(NOW), work="due")
    if wait == "answer":
        rows.answer(NOW, rep=report)
    if wait == "hold":
        evidence.hold([kept.sha256], "preservation:1")
    assert over(NOW + 10 * DAYS) == retention.Forgotten(0, 0)
    Message.objects.update(work="done")
    Review.objects.update(closed_at=NOW)
    Finding.objects.update(work="done")
    Attribution.objects.update(work="done")
    report.answers.update(work="done")
    evidence.release("preservation:1")
    assert over(NOW + 10 * DAYS).messages == 1


def closed(decided):
    case = rows.case(NOW)
    if decided:
        measure = rows.measure(case, NOW)
        Measure.objects.update(work="done")
        rows.letter(case, NOW, about=measure)
        rows.notice_for(case, NOW)
        Saying.objects.create(case=case, measure=measure, kind="appeal", text="違います", at=NOW)
        Notice.objects.update(work="done")
        Letter.objects.update(work="done")
    Case.objects.filter(pk=case.pk).update(closed_at=NOW, state="closed", outcome="clean")
    return case


@pytest.mark.parametrize("decided", [False, True])
def test_a_closed_case_goes_after_its_years_with_all_that_hangs_on_it(decided):
    closed(decided)
    years = periods().decision_years if decided else periods().case_years
    on_the_day = NOW + years * retention.YEAR
    assert over(on_the_day) == retention.Forgotten(0, 0)
    found = over(on_the_day + timedelta(days=1))
    assert (found.cases, found.messages) == (1, 3)
    for model in (Case, CaseFinding, Measure, Letter, Saying, Notice, Attribution, Finding, Report, Message):
        assert not model.objects.exists(), model


def test_an_open_case_stays_for_ever_with_its_messages():
    rows.case(NOW)
    assert over(NOW + 50 * retention.YEAR) == retention.Forgotten(0, 0)
    assert CaseFinding.objects.count() == 3


def test_traces_beside_messages_and_cases_go_too():
    officer = make_officer("o", "triage", BY, NOW)
    OneTimeLink.objects.create(token_hash="0" * 64, officer=officer, expires_at=NOW)
    Attempt.objects.create(key="k", at=NOW)
    Courtesy.objects.create(sender="s", day=NOW.date())
    SignIn.objects.create(number="C1", asked_at=NOW, due_at=micros(NOW), work="done")
    Notice.objects.create(ref="N-1", audience="reporter", to="desk@feed.example", channel="mail", template="receipt", template_version="1", language="en",
                          subject="", body="", message_id="m", written_at=NOW, due_at=micros(NOW), work="done")
    SignIn.objects.create(number="C2", asked_at=NOW, due_at=micros(NOW), work="due")
    assert over(NOW + DAYS).traces == 0
    assert over(NOW + DAYS + timedelta(days=1)).traces == 5
    assert SignIn.objects.get().number == "C2"
    assert not Notice.objects.exists()


def test_the_command_does_nothing_while_the_clock_is_in_doubt():
    from sekimori.cli.retention import run_once

    message()
    observe(NOW)
    far = NOW + 20 * retention.YEAR
    assert run_once(far) == {"clock_doubt": "clock.ahead"}
    assert Message.objects.count() == 1


def test_the_command_forgets_all_kinds():
    from sekimori.cli.retention import run_once, until_next

    name = message().sha256
    done = run_once(NOW + 2 * DAYS)
    assert (done["messages"], done["bodies"]) == (1, 1)
    with pytest.raises(evidence.Missing):
        evidence.get(name)
    assert until_next(NOW) == (15 * 60 + 40) * 60
    assert 0 < until_next(NOW + timedelta(hours=15, minutes=39)) <= 60
