"""My page: the member's own and nobody else's; each act works without JavaScript."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import get_resolver

from notices_rows import case, contract, letter, measure, notice_for, run
from sekimori.contracts import holders
from sekimori.enforcement.models import Delivery, Measure, Saying
from sekimori.ledger.service import write
from sekimori.mypage import access, looked, overview
from sekimori.notices import codes
from sekimori.notices.models import Notice
from sekimori.notices.stages import SendStage
from sekimori.values.actors import Actor
from sekimori.values.basis import Basis, Purpose
from sekimori.values.clock import SetClock

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(now, monkeypatch):
    """The faces' clock stands at `now`."""
    mine = SetClock(now)
    monkeypatch.setattr(access, "shared", lambda: mine)
    return mine


def signed_in(c, language="ja"):
    client = Client()
    session = client.session
    session[access.CONTRACT], session[access.SINCE] = c.pk, access.now().isoformat()
    session.save()
    client.cookies["sekimori_language"] = language
    return client


@pytest.fixture
def told(folder, now):
    """A case of which its member has been told."""
    k = case(now)
    run_notice(k, now)
    return k


def run_notice(k, now, kind="warn", about=None):
    n = notice_for(k, now, kind, about=about)
    run(SendStage(), now)
    return Notice.objects.get(pk=n.pk)


def restricted(k, now, step="restrict_mail"):
    return measure(k, now, step, "executed", executed_at=now, ends_at=now + timedelta(days=30), scope="mail")


def test_signing_in_by_number_and_code(folder, now):
    c = contract()
    client = Client()
    assert client.get("/my/").headers["Location"] == "/my/signin/"
    first = client.post("/my/signin/", {"number": c.key})
    code = codes.for_caller(c, Actor("officer", "o"), now)
    before = client.session.session_key
    assert first.headers["Location"] == "/my/signin/code/" and client.post("/my/signin/code/", {"code": "1"}).status_code == 400
    done = client.post("/my/signin/code/", {"code": code})
    assert done.headers["Location"] == "/my/" and client.session.session_key != before
    page = client.get("/my/")
    assert page.status_code == 200 and c.key in page.content.decode() and page.headers["Cache-Control"] == "no-store"
    client.post("/my/signout/")
    assert client.get("/my/").status_code == 302


@pytest.mark.parametrize(("language", "counted", "day", "over"), [
    ("ja", "書面が届いた日から", "2026年12月8日(火) 12:00 JST", "期限は過ぎました"), ("en", "from the day on which our letter", "Tue 8 Dec 2026, 12:00 JST", "is over")])
def test_the_member_sees_until_when_the_hearing_is(told, now, clock, language, counted, day, over):
    client = signed_in(told.contract, language)
    pages = lambda: [client.get(p).content.decode() for p in ("/my/", "/my/statement/")]  # noqa: E731
    assert all(counted not in page and day not in page for page in pages())
    invited = letter(told, now, "hearing")
    sent = Delivery.objects.create(notice="N-2345-6789-ABCD", letter=invited, channel="letter", sent_at=now)
    assert all(counted in page and day not in page for page in pages())
    Delivery.objects.filter(pk=sent.pk).update(delivered_at=now, channel="mail")
    assert all(counted in page for page in pages()), "only a letter's hand-over starts the time"
    Delivery.objects.filter(pk=sent.pk).update(channel="letter")
    assert all(day in page and over not in page for page in pages())
    clock.at = now + timedelta(days=14, seconds=1)
    client = signed_in(told.contract, language)
    assert all(day in page and over in page for page in pages())


def test_the_pages_of_signing_in_are_the_same_for_every_number(folder, now):
    c = contract()
    seen = set()
    for number in (c.key, "no-such-number"):
        client = Client()
        a = client.post("/my/signin/", {"number": number})
        b = client.get("/my/signin/code/")
        w = client.post("/my/signin/code/", {"code": "12345678"})
        import re
        tidy = re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"')
        seen.add((a.status_code, a.headers["Location"], tidy.sub("", b.content.decode()), w.status_code, tidy.sub("", w.content.decode())))
    assert len(seen) == 1


def test_a_sign_in_ends_by_itself(folder, now, clock):
    client = signed_in(contract())
    assert client.get("/my/").status_code == 200
    clock.at = now + access.LONGEST + timedelta(seconds=1)
    assert client.get("/my/").status_code == 302


def views():
    for pattern in get_resolver("sekimori.mypage.urls").url_patterns:
        yield pattern.name, pattern.callback


def test_every_page_but_signing_in_asks_who_it_is():
    open_to_all = {name for name, view in views() if not getattr(view, "for_member", False) and not getattr(view, "for_mailbox", False)}
    assert open_to_all == {"signin", "code", "signout", "mailbox_signin", "mailbox_code", "mailbox_handoff"}
    assert {name for name, view in views() if getattr(view, "for_mailbox", False)} == {"mailbox", "mailbox_mails"}


def test_nobody_sees_anothers_pages(told, folder, now):
    n = Notice.objects.get(case=told)
    other = signed_in(contract())
    for path in (f"/my/notices/{n.ref}/", f"/my/cases/{told.ref}/", "/my/notices/N-none/", "/my/cases/K-none/"):
        assert other.get(path).status_code == 404, path
    assert other.post(f"/my/cases/{told.ref}/unlock/").status_code == 404
    assert other.post(f"/my/cases/{told.ref}/", {"check": ["0", "1", "2", "3"]}).status_code == 404
    assert n.ref not in other.get("/my/").content.decode() and n.ref not in other.get("/my/notices/").content.decode()
    assert not Saying.objects.exists()


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_notice_is_shown_whole_and_opening_it_delivers_it(told, now, language):
    client = signed_in(told.contract, language)
    n = Notice.objects.get(case=told)
    assert n.ref in client.get("/my/").content.decode()
    html = client.get(f"/my/notices/{n.ref}/").content.decode()
    for fact in ("198.18.0.7", n.ref, told.ref, 'class="hbar"', 'class="steps"'):
        assert fact in html, fact
    assert "style=" not in html and "----" not in html
    n.refresh_from_db()
    assert n.state == "delivered" and n.read_at == now and Delivery.objects.get(notice=n.ref).delivered_at == now


def test_rehearsed_and_unsent_notices_are_nothing_that_a_member_sees(folder, now):
    k = case(now)
    rehearsed = notice_for(k, now, rehearsal=True)
    draft = notice_for(case(now, holder=k.contract, category="connection", type_="port_scan"), now)
    client = signed_in(k.contract)
    for n in (rehearsed, draft):
        assert client.get(f"/my/notices/{n.ref}/").status_code == 404
    assert k.ref not in client.get("/my/").content.decode() and "制限はありません" in client.get("/my/").content.decode()
    assert client.get(f"/my/cases/{k.ref}/").status_code == 404


def test_done_then_unlock(told, now):
    m = restricted(told, now)
    client = signed_in(told.contract)
    assert "いま、ご利用を制限しています" in client.get("/my/").content.decode()
    client.post(f"/my/cases/{told.ref}/unlock/")
    assert Measure.objects.get(pk=m.pk).state == "executed", "the checklist comes first"
    assert client.post(f"/my/cases/{told.ref}/", {"check": ["0"]}).status_code == 400 and not Saying.objects.exists()
    checks = [str(i) for i in range(len(overview.cases(told.contract, "ja")[0].cause.checks))]
    assert client.post(f"/my/cases/{told.ref}/", {"check": checks, "text": "ルーターを替えました"}).status_code == 302
    said = Saying.objects.get(kind="done")
    assert "ルーターを替えました" in said.text and "✓" in said.text
    assert "制限を解除する" in client.get("/my/").content.decode()
    client.post(f"/my/cases/{told.ref}/unlock/")
    assert Measure.objects.get(pk=m.pk).state == "reverted"
    assert "いま、ご利用を制限しています" not in client.get("/my/").content.decode()


@pytest.mark.parametrize(("how", "proof", "offered"), [("radius", {}, True), ("submission", {"readings": [{"verdict": {"trails": [{"holder": "login:a@isp.example"}]}}]}, False)])
def test_the_lines_retest_is_offered_only_where_it_can_help(folder, now, how, proof, offered):
    """A stolen password has nothing to do with what the line answers."""
    k = case(now, how=how, proof=proof)
    run_notice(k, now)
    assert ("いま確かめる" in signed_in(k.contract).get(f"/my/cases/{k.ref}/").content.decode()) == offered


def test_after_the_report_the_way_out_is_at_hand(told, now):
    restricted(told, now)
    client = signed_in(told.contract)
    checks = [str(i) for i in range(len(overview.cases(told.contract, "ja")[0].cause.checks))]
    page = client.post(f"/my/cases/{told.ref}/", {"check": checks}, follow=True)
    assert page.redirect_chain == [("/my/", 302)] and "制限を解除する" in page.content.decode()


def test_the_third_unlock_is_a_persons(told, now, clock):
    client = signed_in(told.contract)
    checks = [str(i) for i in range(len(overview.cases(told.contract, "ja")[0].cause.checks))]
    for i in range(3):
        clock.at = now + timedelta(minutes=i)
        m = restricted(told, clock.at)
        client.post(f"/my/cases/{told.ref}/", {"check": checks})
        client.post(f"/my/cases/{told.ref}/unlock/")
        assert Measure.objects.get(pk=m.pk).state == ("reverted" if i < 2 else "executed")
    assert "担当者が確認しています" in client.get("/my/").content.decode()


def test_statement_and_appeal(told, now):
    client = signed_in(told.contract)
    client.post("/my/statement/", {"text": "<script>alert(1)</script>"})
    html = client.get("/my/statement/").content.decode()
    assert "&lt;script&gt;" in html and "<script>alert" not in html
    assert "申し立てられる措置はありません" in client.get("/my/appeal/").content.decode()
    m = restricted(told, now)
    client.post("/my/appeal/", {"text": "私ではありません"})
    assert Saying.objects.get(kind="appeal").measure_id == m.pk
    client.post("/my/appeal/", {"text": "もう一度"})
    assert Saying.objects.filter(kind="appeal").count() == 1


def test_who_looked_shows_readings_but_never_an_authoritys(told, now):
    c = told.contract
    holders.read(Actor("officer", "suzuki"), Purpose(f"case:{told.ref}", Basis.LEGIT_BUSINESS), [c.pk], ("holder",), now)
    holders.read(Actor("officer", "secret"), Purpose("request:Q-1", Basis.WARRANT), [c.pk], ("holder",), now)
    holders.read(Actor("officer", "silent"), Purpose("request:Q-2", Basis.LEGIT_BUSINESS), [c.pk], ("holder",), now)
    write(Actor("officer", "x"), "protected.read", f"case:{told.ref}", {"basis": "LEGIT_BUSINESS"}, now)
    other = contract()
    holders.read(Actor("officer", "y"), Purpose("case:other", Basis.LEGIT_BUSINESS), [other.pk], ("holder",), now)
    found = looked.looks(c)
    assert [x.who for x in found].count("officer") == 2 and all(x.basis != "WARRANT" for x in found) and all(not x.reference.startswith("Q-") for x in found)
    html = signed_in(c).get("/my/records/").content.decode()
    assert "suzuki" not in html and told.ref in html and "担当者" in html


def test_no_page_names_a_reporter(told, now):
    from notices_rows import finding, report
    from sekimori.cases.models import CaseFinding

    canary = finding(now, report(now, domain="canary.example", mail_from="canary@canary.example"), message_id="canary@canary.example")
    CaseFinding.objects.create(case=told, finding=canary, attribution=told.entries.first().attribution, added_at=now)
    client = signed_in(told.contract)
    n = Notice.objects.get(case=told)
    for path in ("/my/", "/my/notices/", f"/my/notices/{n.ref}/", f"/my/cases/{told.ref}/", "/my/statement/", "/my/appeal/", "/my/records/"):
        assert "canary" not in client.get(path).content.decode(), path


def test_acts_are_safe_from_other_sites(told):
    client = Client(enforce_csrf_checks=True)
    session = client.session
    session[access.CONTRACT], session[access.SINCE] = told.contract.pk, access.now().isoformat()
    session.save()
    for path in ("/my/statement/", "/my/appeal/", f"/my/cases/{told.ref}/", f"/my/cases/{told.ref}/unlock/", "/my/signout/"):
        assert client.post(path, {"text": "x"}).status_code == 403
    assert client.get(f"/my/cases/{told.ref}/unlock/").status_code == 405


def test_a_recalled_notice_says_so(told, now):
    n = Notice.objects.get(case=told)
    from sekimori.notices.stages import MemberLetterStage

    letter(told, now, "apology", detail={"recall": [n.ref]})
    run(MemberLetterStage(), now)
    client = signed_in(told.contract)
    assert "取り消されました" in client.get(f"/my/notices/{n.ref}/").content.decode()


def test_was_it_clear(told, now):
    n = Notice.objects.get(case=told)
    client = signed_in(told.contract)
    assert "わかりましたか" in client.get(f"/my/notices/{n.ref}/").content.decode()
    assert client.post(f"/my/notices/{n.ref}/clear/", {"clear": "perhaps"}).status_code == 400
    client.post(f"/my/notices/{n.ref}/clear/", {"clear": "no"})
    n.refresh_from_db()
    assert n.understood is False and "わかりましたか" not in client.get(f"/my/notices/{n.ref}/").content.decode()
    assert signed_in(contract()).post(f"/my/notices/{n.ref}/clear/", {"clear": "yes"}).status_code == 404
