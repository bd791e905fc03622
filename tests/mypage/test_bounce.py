"""A returned mail in My page: proved for its owner only; disowned, it becomes an item at the desk."""

import dataclasses
from datetime import timedelta

import pytest
from django.test import Client

from notices_rows import contract
from sekimori import settings as house
from sekimori.contracts.models import Key
from sekimori.intake.models import Message
from sekimori.ledger.models import Entry
from sekimori.mailauth.batv import Tagger
from sekimori.mypage import access
from sekimori.reports.models import Review
from sekimori.settings.types import Tags
from sekimori.submissions.models import Submission

pytestmark = pytest.mark.django_db
NOTICE = """Return-Path: <>
From: MAILER-DAEMON@smtp1.isp.example (Mail Delivery System)
To: hanako@isp.example
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary="b"
MIME-Version: 1.0

--b
Content-Type: text/plain

<nobody@victim.example>: host mx.victim.example[192.0.2.25] said: 550 5.1.1 <nobody@victim.example>: Recipient address rejected: User unknown (in reply to RCPT TO command)

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; smtp1.isp.example

Final-Recipient: rfc822; nobody@victim.example
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <nobody@victim.example>: Recipient address rejected: User unknown

--b
Content-Type: text/rfc822-headers

From: hanako@isp.example
To: nobody@victim.example
Subject: hello
Message-ID: <orig-1@isp.example>

--b--
"""


@pytest.fixture
def client(folder, now, monkeypatch):
    mine = contract()
    Key.objects.create(kind="login", key="hanako@isp.example", contract=mine)
    c = Client()
    session = c.session
    session[access.CONTRACT], session[access.SINCE] = mine.pk, access.now().isoformat()
    session.save()
    c.cookies["sekimori_language"] = "en"
    return c


def sent(login):
    Submission.objects.create(host="s", queue_id="q1", login=login, message_id="orig-1@isp.example", time=access.now() - timedelta(hours=1), source="t")


def ask(client, **more):
    return client.post("/my/bounce/", {"source": NOTICE, **more}, follow=True)


def test_an_owners_mail_is_proved_and_can_be_disowned(client):
    sent("hanako@isp.example")
    shown = ask(client).content.decode()
    assert "I never sent it" in shown
    assert Entry.objects.filter(act="protected.read").exists()
    assert not Message.objects.exists(), "what is pasted is not kept"
    assert "change your password" in ask(client, disown="1").content.decode()
    assert Review.objects.get().reason == "bounce_disowned"


def test_another_members_mail_is_answered_like_one_that_nobody_sent(client):
    import re

    def text(answer):
        return re.sub(r'value="[^"]+"', "", answer.content.decode())

    nobody = text(ask(client))
    sent("other@isp.example")
    assert text(ask(client)) == nobody
    assert "I never sent it" not in nobody
    assert "nothing to worry about" in ask(client, disown="1").content.decode()
    assert not Review.objects.exists()


def tagged(address, key="k" * 32):
    return NOTICE.replace("To: hanako@isp.example", f"To: {Tagger({0: key.encode()}).sign(address, access.now())}")


def test_a_tag_proves_it_without_any_log(client, folder):
    house.use(dataclasses.replace(folder, tags=Tags(key="k" * 32)))
    shown = client.post("/my/bounce/", {"source": tagged("hanako@isp.example")}).content.decode()
    assert "valid tag of ours" in shown and "I never sent it" in shown
    shown = client.post("/my/bounce/", {"source": tagged("hanako@isp.example", "another key 1234")}).content.decode()
    assert "tag of the return address is not valid" in shown and "I never sent it" not in shown


def test_the_tag_of_another_member_is_answered_like_a_forged_one(client, folder):
    import re

    house.use(dataclasses.replace(folder, tags=Tags(key="k" * 32)))
    shown = [client.post("/my/bounce/", {"source": source}).content.decode() for source in (tagged("other@isp.example"), tagged("other@isp.example", "another key 1234"))]
    for text in shown:
        assert "I never sent it" not in text and "valid tag" not in text
    clean = [re.sub(r'value="[^"]+"|prvs=\w+', "", text) for text in shown]
    assert clean[0] == clean[1]


def test_strangers_sign_in_first(folder):
    assert Client().get("/my/bounce/").status_code == 302
