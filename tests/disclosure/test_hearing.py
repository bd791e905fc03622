"""The hearing before a disclosure: from the officer's act over the letter to the member's answer, in both languages."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notices_rows import SECRETS, contract, run
from sekimori.disclosure import hearing, service
from sekimori.disclosure.models import Hearing, Request
from sekimori.enforcement.models import Letter
from sekimori.flow.retention import _forget_traces as forget
from sekimori.ledger.models import Entry
from sekimori.mypage import access
from sekimori.notices import service as notices
from sekimori.notices.models import Notice
from sekimori.notices.stages import HearingStage, SendStage
from sekimori.staff.service import make_officer
from sekimori.values.actors import Actor
from sekimori.values.clock import SetClock, iso
from sekimori.values.outcomes import Refused

pytestmark = pytest.mark.django_db
BY = Actor("officer", "a")
POST = "https://board.example/thread/7"


@pytest.fixture(autouse=True)
def clock(now, monkeypatch):
    mine = SetClock(now)
    monkeypatch.setattr(access, "shared", lambda: mine)
    monkeypatch.setattr("sekimori.desk.access.shared", lambda: mine)
    return mine


def filed(now, who, **extra):
    return service.receive("sender_disclosure", now, BY, contract=who, document="d" * 64, asker="田中 一郎", **extra)


def member(who, language="ja"):
    client = Client()
    session = client.session
    session[access.CONTRACT], session[access.SINCE] = who.pk, access.now().isoformat()
    session.save()
    client.cookies["sekimori_language"] = language
    return client


def legal(name, now, language="en", role="legal"):
    officer = make_officer(name, role, Actor("command", "test"), now)
    officer.set_password("a long enough pass phrase")
    officer.save()
    client = Client(headers={"accept-language": language})
    client.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
    client.cookies["sekimori_language"] = language
    return client


def sent(request, now, about=POST, asker=""):
    hearing.ask(request, about, asker, now, BY)
    run(HearingStage(), now)
    run(SendStage(), now)
    return Notice.objects.get(request=request)


@pytest.mark.parametrize(("language", "withheld", "until", "objects", "choice"), [
    ("ja", "お伝えできません", "2026年12月8日(火) 23:59 JST", "開示に不同意", "同意しない"),
    ("en", "we cannot tell you", "Tue 8 Dec 2026, 23:59 JST", "objects to the disclosure", "I object")])
def test_from_the_officers_act_to_the_members_answer(folder, now, language, withheld, until, objects, choice):
    who = contract(language)
    request = filed(now, who, window={"from": iso(now - timedelta(days=2)), "to": iso(now - timedelta(days=1)), "login": "hanako@isp.example"})
    officer, url = legal("a", now, language), f"/desk/requests/{request.ref}/"
    assert 'name="about"' in officer.get(url).content.decode()
    assert until in officer.post(url + "act", {"do": "hear", "about": POST, "told": ""}, follow=True).content.decode()
    run(HearingStage(), now)
    run(SendStage(), now)
    n = Notice.objects.get()
    assert (n.channel, n.state, n.case, n.template, n.language) == ("letter", "sent", None, "disclosure_hearing", language)
    for said in (POST, until, "hanako@isp.example", withheld, request.ref, "山田 花子"):
        assert said in n.body, said
    assert "田中" not in n.body + n.subject
    assert not Letter.objects.exists(), "no case is opened or touched for a hearing"

    client = member(who, language)
    home = client.get("/my/").content.decode()
    assert f"/my/notices/{n.ref}/" in home and until in home
    page = client.get(f"/my/notices/{n.ref}/").content.decode()
    assert choice in page and POST in page and 'name="reasons"' in page
    after = client.post(f"/my/notices/{n.ref}/heard/", {"answer": "object", "reasons": "身に覚えが\nありません <b>"}, follow=True).content.decode()
    assert objects.lower() in after.lower() and "ありません &lt;b&gt;" in after and 'name="reasons"' not in after
    assert until not in client.get("/my/").content.decode(), "an answered hearing asks for nothing"
    assert {e.act for e in Entry.objects.filter(subject=f"request:{request.ref}")} >= {"request.asked", "request.heard"}
    assert not any("身に覚え" in e.body or POST in e.body for e in Entry.objects.all()), "the ledger has the act, not the words"

    shown = officer.get(url).content.decode()
    assert objects in shown and "身に覚えが" in shown and "山田" not in shown
    client.post(f"/my/notices/{n.ref}/heard/", {"answer": "agree"})
    assert Hearing.objects.get().answer == "object", "once"
    assert service.consent(request, "a", now) and service.consent(request, "b", now).state == "approved"


def test_nobody_agrees_before_the_answer_or_the_deadline(folder, now):
    request = filed(now, contract())
    with pytest.raises(Refused, match="hearing_not_sent"):
        service.consent(request, "a", now + timedelta(days=99))
    until = hearing.ask(request, POST, "", now, BY).until
    with pytest.raises(Refused) as refused:
        service.consent(request, "a", until)
    assert refused.value.code == "hearing"
    assert service.consent(request, "a", until + timedelta(seconds=1))


def test_an_answer_after_the_consents_voids_them(folder, now):
    who = contract()
    request = filed(now, who)
    over = hearing.ask(request, POST, "", now, BY).until + timedelta(hours=1)
    service.consent(request, "a", over)
    assert service.consent(request, "b", over).state == "approved"
    hearing.answer(who, request.ref, "object", "late", over, Actor("member", who.handle))
    with pytest.raises(Refused, match="not_approved"):
        service.answer(request, BY, over)
    assert service.consent(request, "a", over).state != "approved"
    assert service.consent(request, "b", over).state == "approved"


def test_who_asks_is_told_only_where_the_officer_recorded_it(folder, now):
    assert "株式会社見本" in sent(filed(now, contract()), now, asker="株式会社見本").body
    assert "田中" not in Notice.objects.get().body


def test_a_letter_that_came_back_takes_the_next_channels_and_ends_with_an_officer(folder, now):
    who = contract(email="", alt_email="")
    request = filed(now, who)
    first = sent(request, now)
    assert notices.undelivered(first.ref, now, BY)
    run(HearingStage(), now)
    last = Notice.objects.exclude(pk=first.pk).get()
    assert (last.channel, last.work) == ("manual", "held")
    officer = legal("b", now)
    url = f"/desk/requests/{request.ref}/"
    assert "No other channel is left" in officer.get(url).content.decode()
    officer.post(url + "act", {"do": "reached"})
    last.refresh_from_db()
    assert last.state == "delivered"
    assert POST in member(who).get(f"/my/notices/{last.ref}/").content.decode()


def test_nobody_else_reads_it(folder, now):
    who, other = contract(**{k: v for k, v in SECRETS.items() if k in ("holder", "email", "postal")}), contract()
    n = sent(filed(now, who), now)
    assert member(other).get(f"/my/notices/{n.ref}/").status_code == 404
    assert member(other).post(f"/my/notices/{n.ref}/heard/", {"answer": "agree"}).status_code == 404
    with pytest.raises(Refused, match="nothing"):
        hearing.answer(other, n.letter, "agree", "", now, BY)
    handler = legal("h", now, role="handler")
    page = handler.get(f"/desk/notices/{n.ref}/").content.decode()
    assert POST not in page and "role legal only" in page
    assert handler.post(f"/desk/requests/{n.letter}/act", {"do": "hear", "about": "x"}).status_code in (302, 403)


@pytest.mark.parametrize(("about", "code"), [("", "hearing_about"), (" \n\t", "hearing_about")])
def test_a_hearing_says_what_it_is_about(now, about, code):
    with pytest.raises(Refused) as refused:
        hearing.ask(filed(now, contract()), about, "", now, BY)
    assert refused.value.code == code and not Hearing.objects.exists()


def test_a_hearing_is_sent_once_and_only_where_the_kind_has_one(folder, now):
    request = filed(now, contract())
    sent(request, now)
    with pytest.raises(Refused, match="hearing_sent"):
        hearing.ask(request, POST, "", now, BY)
    run(HearingStage(), now + timedelta(days=1))
    assert Notice.objects.count() == 1
    with pytest.raises(Refused, match="hearing_none"):
        hearing.ask(service.receive("warrant", now, BY, contract=contract()), POST, "", now, BY)


def test_a_closed_request_asks_and_hears_nothing_more(folder, now):
    who = contract()
    request = filed(now, who)
    n = sent(request, now)
    service.refuse(request, BY, "no", now)
    with pytest.raises(Refused, match="closed"):
        hearing.answer(who, request.ref, "agree", "", now, BY)
    page = member(who, "en").get(f"/my/notices/{n.ref}/").content.decode()
    assert "This request is closed" in page and 'name="reasons"' not in page
    assert f"/my/notices/{n.ref}/" not in re.sub(r"(?s)<h2>Notices.*", "", member(who, "en").get("/my/").content.decode())


@pytest.mark.parametrize(("language", "said"), [("ja", "どちらかをお選びください"), ("en", "Choose whether")])
def test_an_answer_without_a_choice_is_asked_again(folder, now, language, said):
    who = contract()
    n = sent(filed(now, who), now)
    page = member(who, language).post(f"/my/notices/{n.ref}/heard/", {"answer": "maybe", "reasons": "長い理由"}).content.decode()
    assert said in page and "長い理由</textarea>" in page and Hearing.objects.get().answered_at is None


def test_what_the_member_said_is_in_their_own_access_request(now):
    who = contract()
    request = filed(now, who)
    hearing.ask(request, POST, "", now, BY)
    hearing.answer(who, request.ref, "agree", "", now, BY)
    mine = service.receive("access", now, BY, contract=who)
    for name in "ab":
        service.consent(mine, name, now)
    assert [h["kind"] for h in service.answer(mine, BY, now)["heard"]] == ["agree"]


def test_the_letter_stays_while_the_request_is_open(folder, now):
    request = filed(now, contract())
    n = sent(request, now)
    much_later = now + timedelta(days=400)
    forget(BY, much_later)
    assert Notice.objects.filter(pk=n.pk).exists()
    service.refuse(request, BY, "no", now)
    forget(BY, much_later)
    assert not Notice.objects.filter(pk=n.pk).exists() and Hearing.objects.exists()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(about=st.text(min_size=1), asker=st.text(), reasons=st.text())
def test_any_text_is_carried_or_refused_in_words(folder, now, about, asker, reasons):
    who = contract()
    request = filed(now, who)
    try:
        hearing.ask(request, about, asker, now, BY)
    except Refused as e:
        assert e.code == "hearing_about"
        return
    run(HearingStage(), now)
    assert Notice.objects.get(request=request).state == "written"
    hearing.answer(who, request.ref, "object", reasons, now, BY)
    assert Request.objects.get(pk=request.pk).hearing.answer == "object"
