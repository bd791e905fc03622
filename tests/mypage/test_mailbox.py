"""The user of a mailbox sees its recipients and subjects; the holder, the family and former users never do."""

import re
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from django.db import transaction
from django.test import Client

from notices_rows import case, contract, finding, message, notice_for, report, run
from sekimori.attribution.models import Attribution
from sekimori.cases.models import CaseFinding
from sekimori.contracts.models import Key
from sekimori.evidence import store
from sekimori.ledger.models import Entry
from sekimori.mypage import access
from sekimori.notices import codes, mailboxes
from sekimori.notices.models import SignIn
from sekimori.notices.stages import CodeStage, SendStage
from sekimori.submissions.models import Submission
from sekimori.values.actors import Actor
from sekimori.values.clock import SetClock, micros

pytestmark = pytest.mark.django_db
MINE, OTHERS = "hanako@isp.example", "taro@isp.example"
ARF = """From: desk@feed.example
To: abuse@isp.example
Subject: report
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary=x

--x
Content-Type: text/plain

A mail was reported.
--x
Content-Type: message/feedback-report

Feedback-Type: abuse
Version: 1
Original-Rcpt-To: <third@friend.example>
--x
Content-Type: message/rfc822

From: hanako@isp.example
To: {to}
Subject: CANARY-SUBJECT 儲かる話
Date: Mon, 2 Nov 2026 09:00:00 +0900
Message-ID: <{mid}>
Received: from x by mx.feed.example for <second@friend.example>; Mon, 2 Nov 2026 09:00:01 +0900

secret words
--x--
"""
CANARIES = ("CANARY-SUBJECT", "first@friend.example", "friend.example", "4CanaryQ")


@pytest.fixture(autouse=True)
def clock(now, monkeypatch):
    mine = SetClock(now)
    monkeypatch.setattr(access, "shared", lambda: mine)
    return mine


def login(key, held, **more):
    return Key.objects.create(kind="login", key=key, fold=key.casefold(), contract=held, **more)


def proof(login_):
    return {"contract": 1, "readings": [{"window": None, "verdict": {"trails": [{"contract": 1, "holder": f"login:{login_}", "steps": []}]}}]}


def spam(k, now, login_=MINE, mid="m1@isp.example", to="first@friend.example, second@friend.example, third@friend.example, boss@feed.example", at=None):
    """File one reported mail that went out with a login, its report kept as evidence."""
    with transaction.atomic():
        sha = store.put(ARF.format(to=to, mid=mid).encode(), now=now, expires_at=None)
    got = message(now, sha=sha)
    rep = report(now)
    rep.message = got
    rep.save()
    seen = finding(now, rep, at=at or now - timedelta(hours=2), message_id=mid, queue_id="4CanaryQ", source_ip="")
    found = Attribution.objects.create(finding=seen, certainty="exact", contract=k.contract, how="submission", own_log=True, proof=proof(login_), at=now,
                                       due_at=micros(now), work="done")
    CaseFinding.objects.create(case=k, finding=seen, attribution=found, added_at=now)
    Submission.objects.create(host=f"relay.{mid}", queue_id="4CanaryQ", message_id=mid, login=login_, time=at or now - timedelta(hours=2), recipients=640,
                              unknown_users=90, country="NL", source="postfix-log")


@pytest.fixture
def world(folder, now):
    """A family contract with two mailboxes; spam went out with one of them, and the holder was told."""
    k = case(now, holder=contract(), findings=0)
    mine, others = login(MINE, k.contract, user="花子"), login(OTHERS, k.contract, user="太郎")
    spam(k, now)
    notice_for(k, now)
    run(SendStage(), now)
    return k, mine, others


def client(kind, pk, now, language="ja"):
    c = Client()
    session = c.session
    session[kind], session[access.SINCE] = pk, now.isoformat()
    session.save()
    c.cookies["sekimori_language"] = language
    return c


def reads():
    return list(Entry.objects.filter(act="protected.read").order_by("seq").values_list("actor", "subject"))


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_user_sees_subject_and_recipients_and_each_view_is_in_the_ledger(world, now, language):
    k, mine, _ = world
    c = client(access.MAILBOX, mine.pk, now, language)
    front = c.get("/my/mailbox/").content.decode()
    assert MINE in front and k.ref in front and "CANARY" not in front and not reads(), "the first page shows nothing protected"
    html = c.get(f"/my/mailbox/{k.ref}/").content.decode()
    for shown in ("CANARY-SUBJECT 儲かる話", "first@friend.example", "640", "90", "NL", "4CanaryQ"):
        assert shown in html, shown
    assert reads() == [(f"mailbox:{k.contract.handle}/{mine.pk}", f"case:{k.ref}")]
    c.get(f"/my/mailbox/{k.ref}/")
    assert len(reads()) == 2, "one row for each view"
    assert k.contract.key not in html and OTHERS not in html and "secret words" not in html and "style=" not in html


def test_whoever_may_have_reported_it_is_not_shown(world, now):
    k, mine, _ = world
    html = client(access.MAILBOX, mine.pk, now).get(f"/my/mailbox/{k.ref}/").content.decode()
    for hidden in ("second@friend", "third@friend", "boss@", "feed.example"):
        assert hidden not in html, hidden
    assert html.count("●●●@friend.example") == 2 and "first@friend.example" in html


def test_a_single_recipient_is_shown_by_its_domain(folder, now):
    k = case(now, findings=0)
    mine = login(MINE, k.contract)
    spam(k, now, to="alone@village.example")
    notice_for(k, now)
    run(SendStage(), now)
    html = client(access.MAILBOX, mine.pk, now).get(f"/my/mailbox/{k.ref}/").content.decode()
    assert "alone@" not in html and "●●●@village.example" in html


def test_the_holder_never_sees_a_recipient_or_a_subject(world, now):
    k, _, _ = world
    c = client(access.CONTRACT, k.contract.pk, now)
    n = k.notices.get()
    for path in ("/my/", "/my/notices/", f"/my/notices/{n.ref}/", f"/my/cases/{k.ref}/", "/my/statement/", "/my/appeal/", "/my/bounce/", "/my/records/"):
        html = c.get(path).content.decode()
        assert not [x for x in CANARIES[:3] if x in html], path
    assert MINE in c.get("/my/").content.decode(), "the holder sees which mailbox it is"
    for path in ("/my/mailbox/", f"/my/mailbox/{k.ref}/"):
        assert c.get(path).headers["Location"] == "/my/mailbox/signin/"
    assert not [x for x in CANARIES[:3] if x in n.body + n.subject] and not reads()


def test_another_mailboxs_user_sees_nothing(world, now):
    k, _, others = world
    stranger = login("x@isp.example", contract())
    for key in (others, stranger):
        c = client(access.MAILBOX, key.pk, now)
        assert k.ref not in c.get("/my/mailbox/").content.decode()
        assert c.get(f"/my/mailbox/{k.ref}/").status_code == 404
        for path in ("/my/", f"/my/cases/{k.ref}/", "/my/notices/", "/my/records/"):
            assert c.get(path).status_code == 302, "the user of a mailbox is not the holder"
    assert not reads()


def test_a_login_given_to_somebody_else_shows_nothing_of_before(world, now):
    k, mine, _ = world
    Key.objects.filter(pk=mine.pk).update(valid_to=now - timedelta(minutes=30))
    next_one = login(MINE, contract(), valid_from=now - timedelta(minutes=30))
    assert client(access.MAILBOX, mine.pk, now).get("/my/mailbox/").status_code == 302, "the former user's sign-in is over"
    c = client(access.MAILBOX, next_one.pk, now)
    assert c.get(f"/my/mailbox/{k.ref}/").status_code == 404
    within = login("again@isp.example", k.contract, valid_from=now - timedelta(minutes=30))
    spam(k, now, "again@isp.example", "m2@isp.example")
    assert client(access.MAILBOX, within.pk, now).get(f"/my/mailbox/{k.ref}/").status_code == 404


def test_a_case_that_the_holder_was_not_told_of_is_not_shown(folder, now):
    k = case(now, findings=0)
    mine = login(MINE, k.contract)
    spam(k, now)
    assert client(access.MAILBOX, mine.pk, now).get(f"/my/mailbox/{k.ref}/").status_code == 404


def test_evidence_that_is_gone_or_sealed_leaves_the_log(world, now):
    k, mine, _ = world
    store.seal([k.entries.get().finding.report.message.sha256])
    html = client(access.MAILBOX, mine.pk, now).get(f"/my/mailbox/{k.ref}/").content.decode()
    assert "CANARY-SUBJECT" not in html and "640" in html


def outbox(folder):
    """Return the code mails, decoded, in order of writing."""
    found = sorted((folder.data / "outbox").glob("*.eml"), key=lambda p: p.stat().st_mtime_ns) if (folder.data / "outbox").exists() else []
    mails = [message_from_bytes(p.read_bytes(), policy=policy.default) for p in found]
    return [f"To: {m['To']}\n{m.get_content()}" for m in mails if "サインイン番号" in m["Subject"]]


def ask(folder, now, typed):
    c = Client()
    c.post("/my/mailbox/signin/", {"login": typed})
    run(CodeStage(), now)
    sent = outbox(folder)
    return c, re.search(r"\d{4} \d{4}", sent[-1])[0] if sent else ""


def test_a_code_goes_to_the_mailbox_and_signs_its_user_in(folder, now):
    mine = login(MINE, contract())
    c, code = ask(folder, now, "Hanako@isp.example")
    assert f"To: {MINE}" in outbox(folder)[0] and "http" not in outbox(folder)[0]
    assert c.post("/my/mailbox/signin/code/", {"code": "1"}).status_code == 400
    assert c.post("/my/mailbox/signin/code/", {"code": code}).headers["Location"] == "/my/mailbox/"
    assert MINE in c.get("/my/mailbox/").content.decode() and c.get("/my/").status_code == 302
    assert Entry.objects.filter(act="mailbox.signed_in", actor=str(mailboxes.actor(mine))).count() == 1


def test_no_code_goes_to_a_mailbox_whose_password_may_be_stolen(world, folder, now):
    k, mine, others = world
    assert ask(folder, now, MINE)[1] == "" and mailboxes.in_question(mine) and not mailboxes.in_question(others)
    k.closed_at = now
    k.save()
    assert ask(folder, now, MINE)[1] != ""


def test_a_code_sent_before_the_theft_was_seen_is_worth_nothing_after(folder, now):
    held = contract()
    login(MINE, held)
    c, code = ask(folder, now, MINE)
    spam(case(now, holder=held, findings=0), now)
    assert c.post("/my/mailbox/signin/code/", {"code": code}).status_code == 400 and c.get("/my/mailbox/").status_code == 302


def test_after_a_check_of_identity_the_caller_is_read_a_code(world, now):
    k, mine, _ = world
    code = codes.for_caller(k.contract, Actor("officer", "o"), now, mailbox=mine)
    c = Client()
    c.post("/my/mailbox/signin/", {"login": MINE})
    assert c.post("/my/mailbox/signin/code/", {"code": code}).status_code == 302 and c.get(f"/my/mailbox/{k.ref}/").status_code == 200


def test_a_mailboxs_code_opens_no_contract_and_a_contracts_code_no_mailbox(world, folder, now):
    k, mine, _ = world
    for_mailbox = codes.for_caller(k.contract, Actor("officer", "o"), now, mailbox=mine)
    for_holder = codes.for_caller(k.contract, Actor("officer", "o"), now)
    for number in (MINE, f"mailbox:{MINE}", k.contract.key):
        assert codes.check(number, for_mailbox, now) is None
    for typed in (k.contract.key, MINE):
        assert codes.check_mailbox(typed, for_holder, now) is None
    Client().post("/my/signin/", {"number": f"mailbox:{OTHERS}"})
    assert SignIn.objects.latest("pk").number == f"?mailbox:{OTHERS}"


def test_foreign_and_unknown_mailboxes_get_no_code_and_the_same_pages(folder, now):
    login("u1@elsewhere.example", contract())
    login(MINE, contract())
    pages = set()
    tidy = re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"')
    for typed in (MINE, "u1@elsewhere.example", "nobody@isp.example", "x" * 254):
        c = Client()
        a = c.post("/my/mailbox/signin/", {"login": typed})
        b, w = c.get("/my/mailbox/signin/code/"), c.post("/my/mailbox/signin/code/", {"code": "12345678"})
        pages.add((a.status_code, a.headers["Location"], tidy.sub("", b.content.decode()), w.status_code, tidy.sub("", w.content.decode())))
    run(CodeStage(), now)
    assert len(pages) == 1 and len(outbox(folder)) == 1
