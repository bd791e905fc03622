"""A member's story, decided through the pages: two officers, an appeal, a wish to unlock, a hearing recorded, a halt."""

import html
import json
from datetime import UTC, datetime, timedelta

import pytest

import story
from desk_people import signed_in
from sekimori.cases.models import Case
from sekimori.enforcement import whynot
from sekimori.enforcement.models import Measure, Saying
from sekimori.flow.run import run_until_idle
from sekimori.ledger.models import Entry
from sekimori.settings import use
from sekimori.values.clock import SetClock

pytestmark = pytest.mark.django_db
LATER = datetime.fromisoformat(story.at(6, "14:00")).astimezone(UTC)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    before = story.enter(tmp_path)
    monkeypatch.setattr("sekimori.desk.views.acts.now", lambda: LATER)
    yield tmp_path
    use(before)


def do(client, **fields):
    return client.post(f"/desk/cases/{Case.objects.get().ref}/act", fields, follow=True).content.decode()


def page(client):
    return client.get(f"/desk/cases/{Case.objects.get().ref}/").content.decode()


@pytest.mark.parametrize("language", ["ja", "en"])
def test_why_not_yet_is_one_text_on_the_page_in_the_ledger_and_in_the_statement_of_reasons(folder, language):
    story.tell(folder, story.WARNED)
    case, measure = Case.objects.get(), Measure.objects.get(step="restrict_mail")
    rows = {row["step"]: row for row in case.why_not}
    shown = page(signed_in(LATER, "sato", "handler approver", language))
    entries = [json.loads(e) for e in Entry.objects.filter(act="enforcement.decided").order_by("seq").values_list("body", flat=True)]
    kept = [d["text"] for e in entries for d in e["detail"]["decided"] if "text" in d][-1]
    reason = measure.reason_ja if language == "ja" else measure.reason_en
    for step in ("suspend_line", "terminate"):
        for condition in whynot.conditions(rows[step], language):
            assert condition in html.unescape(shown)
        assert whynot.sentence(rows[step], language) in kept[step][language]
        assert kept[step][language] in reason


def test_a_restriction_is_approved_as_it_was_shown(folder):
    story.tell(folder, story.WARNED)
    sato = signed_in(LATER, "sato", "handler approver")
    measure = Measure.objects.get(step="restrict_mail")
    assert f'name="seen" value="{measure.subject_hash}"' in page(sato)
    assert "Anti-Spam Act" in page(sato)
    assert "It changed after it was shown" in do(sato, do="approve", step="restrict_mail", seen="0" * 64)
    assert "execution window" in do(sato, do="approve", step="restrict_mail", seen=measure.subject_hash)
    measure.refresh_from_db()
    assert measure.state == "approved"
    assert "sato: " in page(sato)


def test_a_refusal_and_its_reason(folder):
    story.tell(folder, story.WARNED)
    sato = signed_in(LATER, "sato", "handler approver")
    assert "Refused." in do(sato, do="refuse", step="restrict_mail", reason="one more week")
    measure = Measure.objects.get(step="restrict_mail")
    assert (measure.state, measure.approvals.get(verdict="refuse").reason) == ("refused", "one more week")


def restricted(folder, *more):
    story.tell(folder, [*story.RESTRICTED, *more])
    return Measure.objects.get(step="restrict_mail", state__in=("executed", "verified"))


def test_an_appeal_is_answered_by_somebody_else(folder):
    measure = restricted(folder, story.act(9, "11:00", "appeal", text="it was not me"))
    sato, mori = signed_in(LATER, "sato", "approver"), signed_in(LATER, "mori", "approver")
    assert "it was not me" in page(mori)
    assert "Somebody else must decide" in do(sato, do="appeal", outcome="reversed", reason="x")
    assert "The appeal is answered" in do(mori, do="appeal", outcome="reversed", reason="the log was wrong")
    measure.refresh_from_db()
    assert (measure.state, measure.end_reason) == ("reverted", "appeal")
    assert "the log was wrong" in page(sato)
    assert "No appeal waits" in do(mori, do="appeal", outcome="upheld", reason="x")
    assert Entry.objects.get(act="appeal.reversed").actor == "officer:mori"


@pytest.mark.parametrize(("outcome", "state"), [("granted", "reverted"), ("refused", "verified")])
def test_a_wish_to_unlock_is_answered(folder, outcome, state):
    measure = restricted(folder)
    wish = Saying.objects.create(ref="S-1", case=measure.case, kind="unlock", text="all clean", at=LATER, measure=measure)
    sato = signed_in(LATER, "sato", "handler")
    assert "all clean" in page(sato)
    assert "answered" in do(sato, do="unlock", saying=wish.pk, outcome=outcome)
    measure.refresh_from_db()
    wish.refresh_from_db()
    assert (measure.state, wish.outcome, wish.answered_by) == (state, outcome, "sato")
    assert "answered already" in do(sato, do="unlock", saying=wish.pk, outcome=outcome)


def test_a_hold_stops_what_is_approved_until_it_is_lifted(folder):
    story.tell(folder, story.WARNED)
    sato = signed_in(LATER, "sato", "handler approver")
    measure = Measure.objects.get(step="restrict_mail")
    do(sato, do="hold", step="restrict_mail")
    assert "On hold:" in page(sato)
    do(sato, do="approve", step="restrict_mail", seen=measure.subject_hash)
    run_until_idle(SetClock(LATER + timedelta(hours=1)))
    measure.refresh_from_db()
    assert measure.executed_at is None
    do(sato, do="go", step="restrict_mail")
    assert "On hold:" not in page(sato)
    run_until_idle(SetClock(LATER + timedelta(hours=1)))
    measure.refresh_from_db()
    assert measure.state == "verified"


def test_halt_stops_what_is_approved(folder):
    story.tell(folder, story.WARNED)
    sato = signed_in(LATER, "sato", "handler approver")
    measure = Measure.objects.get(step="restrict_mail")
    do(sato, do="approve", step="restrict_mail", seen=measure.subject_hash)
    sato.post("/desk/switches/halt", {"do": "halt"})
    assert "Halted" in page(sato)
    run_until_idle(SetClock(LATER + timedelta(hours=1)))
    measure.refresh_from_db()
    assert measure.executed_at is None
    sato.post("/desk/switches/halt", {"do": "resume"})
    run_until_idle(SetClock(LATER + timedelta(hours=1)))
    measure.refresh_from_db()
    assert measure.state == "verified"
