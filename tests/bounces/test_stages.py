"""Bounces of our own notices mark them; forwarded notices are explained by mail, to proven people only, and then forgotten."""

import dataclasses
import re
from datetime import timedelta

import pytest

from bounces import notices_made as made
from notices_rows import case, notice_for, run
from sekimori import settings as house
from sekimori.bounces import answering
from sekimori.bounces.models import Explained, NoticeBounce
from sekimori.bounces.stages import AnswerStage, JudgeStage
from sekimori.intake.models import Message
from sekimori.mailauth.batv import Tagger
from sekimori.mime import read
from sekimori.notices import tokens
from sekimori.notices.models import Notice
from sekimori.notices.stages import BouncedStage, SendStage
from sekimori.reports.models import Review
from sekimori.settings.types import Tags
from sekimori.values.ids import token_hash

pytestmark = pytest.mark.django_db

FORWARD = b'From: hanako@isp.example\nTo: bounce-help@isp.example\nSubject: Fwd: \xe9\x80\x81\xe4\xbf\xa1\xe3\x82\xa8\xe3\x83\xa9\xe3\x83\xbc\nMessage-ID: <f1@isp.example>\nContent-Type: multipart/mixed; boundary="f1"\n\n--f1\nContent-Type: text/plain; charset=utf-8\n\n' + "これは何ですか。".encode() + b"\n--f1\nContent-Type: message/rfc822\n\n" + made.POSTFIX + b"\n--f1--\n"


def reload(row):
    row.refresh_from_db()
    return row


def sent_notice(folder, now):
    notice = notice_for(case(now), now)
    run(SendStage(), now)
    return notice, token_hash(tokens.reply_token(tokens.key(folder), notice.ref))


def test_a_bounce_of_our_notice_makes_it_undelivered_and_tries_the_next_way(folder, incoming, now):
    notice, token = sent_notice(folder, now)
    row = incoming(made.POSTFIX, "bounce", token=token)
    run(JudgeStage(), now)
    bounced = NoticeBounce.objects.get()
    assert (bounced.action, bounced.reason, bounced.cause, bounced.provenance, bounced.token) == ("failed", "userunknown", "no_such_address", "genuine", token)
    assert reload(row).state == "bounce" and row.work == "done"
    before = Notice.objects.count()
    run(BouncedStage(), now)
    assert reload(notice).state == "undelivered" and notice.undelivered_at is not None and Notice.objects.count() >= before
    run(BouncedStage(), now)
    assert NoticeBounce.objects.get().work == "done"


def test_a_delay_changes_nothing_and_a_delivery_is_recorded(folder, incoming, now):
    notice, token = sent_notice(folder, now)
    incoming(made.DELAYED, "bounce", token=token)
    run(JudgeStage(), now)
    run(BouncedStage(), now)
    assert reload(notice).state == "sent" and notice.undelivered_at is None
    done = made.SEVERAL.replace(b"Action: failed", b"Action: delivered").replace(b"Action: delayed", b"Action: delivered").replace(b"5.2.2", b"2.0.0").replace(b"552 2.0.0 mailbox is full", b"250 2.0.0 Ok")
    incoming(done, "bounce", token=token)
    run(JudgeStage(), now)
    run(BouncedStage(), now)
    assert reload(notice).state == "delivered" and notice.delivered_at is not None


def test_the_row_holds_no_address(folder, incoming, now):
    _, token = sent_notice(folder, now)
    incoming(made.POSTFIX, "bounce", token=token)
    run(JudgeStage(), now)
    assert "shop.example" not in str(NoticeBounce.objects.values().get())


@pytest.mark.parametrize(("raw", "state", "reason"), [
    (made.ORDINARY, "unread", "bounce_unread"), (made.VACATION, "auto_reply", ""), (made.RECEIPT, "auto_reply", ""),
    ("Return-Path: <x@evil.example>\nFrom: Mail Delivery System <info@evil.example>\nSubject: Undelivered Mail\nContent-Type: text/plain; charset=utf-8\n\n<a@b.example>: 550 5.1.1 user unknown\n保留中のメール こちらをクリック https://verify.bad.example/ 24時間以内\n".encode(), "fake", "bounce_doubtful"),
])
def test_what_is_no_bounce_marks_no_notice(folder, incoming, now, raw, state, reason):
    notice, token = sent_notice(folder, now)
    row = incoming(raw, "bounce", token=token)
    run(JudgeStage(), now)
    assert reload(row).state == state and not NoticeBounce.objects.exists()
    assert [r.reason for r in Review.objects.all()] == ([reason] if reason else [])
    run(BouncedStage(), now)
    assert reload(notice).state == "sent"


def test_without_a_token_a_person_looks(folder, incoming, now):
    incoming(made.POSTFIX, "bounce")
    run(JudgeStage(), now)
    assert Review.objects.get().reason == "bounce_without_token" and not NoticeBounce.objects.exists()


def test_a_forwarded_notice_is_explained_by_mail(folder, incoming, now):
    row = incoming(FORWARD, "explain", mail_from="hanako@isp.example", authenticated=True)
    run(JudgeStage(), now)
    owed = Explained.objects.get()
    assert reload(row).state == "explained" and owed.language == "ja" and "宛先のメールアドレスが存在しません" in owed.body and "friend@shop.example" not in owed.body
    run(AnswerStage(), now)
    (file,) = (folder.data / "outbox").iterdir()
    mail = read(file.read_bytes())
    assert mail.headers.get("auto-submitted") == "auto-replied" and mail.headers.get("in-reply-to") == "<f1@isp.example>" and mail.headers.addresses("to")[0].address == "hanako@isp.example"
    assert not re.search(r"https?://", mail.root.text) and "返信しないでください" in mail.root.text
    owed.refresh_from_db()
    assert (owed.state, owed.to, owed.body) == ("sent", "", "")


def test_the_answer_by_mail_tells_nobody_whether_a_tag_holds(folder, incoming, now):
    house.use(dataclasses.replace(folder, tags=Tags(key="k" * 32, since="2026-01-01")))
    for n, tagger in enumerate((Tagger.of(house.current()), Tagger({0: b"x"}))):
        raw = FORWARD.replace(b"<f1@isp", b"<f%d@isp" % n).replace(b"To: hanako@isp.example\nSubject: Undelivered", f"To: {tagger.sign('hanako@isp.example', now)}\nSubject: Undelivered".encode())
        assert b"prvs=" in raw
        incoming(raw, "explain", mail_from="hanako@isp.example", authenticated=True)
    run(JudgeStage(), now)
    first, second = Explained.objects.all()
    assert first.body == second.body and "BATV" not in first.body


def test_an_english_question_gets_an_english_answer(folder, incoming, now):
    raw = FORWARD.replace("これは何ですか。".encode(), b"What is this?").replace(b"\xe9\x80\x81\xe4\xbf\xa1\xe3\x82\xa8\xe3\x83\xa9\xe3\x83\xbc", b"failed").replace(b"Subject: =?utf-8?B?5YaZ55yf44KS6YCB44KK44G+44GZ?=", b"Subject: photos")
    incoming(raw, "explain", mail_from="hanako@isp.example", authenticated=True)
    run(JudgeStage(), now)
    assert Explained.objects.get().language == "en" and "This address does not exist" in Explained.objects.get().body


@pytest.mark.parametrize("change", [{"auto": "null_sender"}, {"auto": "auto_submitted"}, {"authenticated": False}])
def test_no_answer_to_machines_and_strangers(folder, incoming, now, change):
    row = incoming(FORWARD, "explain", **({"mail_from": "hanako@isp.example", "authenticated": True} | change))
    run(JudgeStage(), now)
    assert reload(row).state == "unanswered" and not Explained.objects.exists()


def test_answers_to_one_sender_and_to_all_are_bounded(folder, incoming, now):
    for n in range(answering.PER_SENDER + 3):
        incoming(FORWARD.replace(b"<f1@isp", b"<f%d@isp" % n), "explain", mail_from="hanako@isp.example", authenticated=True)
    run(JudgeStage(), now)
    assert Explained.objects.count() == answering.PER_SENDER
    one = Explained.objects.first()
    Explained.objects.bulk_create([Explained(message=incoming(b"x%d" % n, "report"), ref=f"B{n}", sender=f"s{n}", to="", language="ja", subject="", body="", written_at=now, due_at=one.due_at, work="done") for n in range(answering.PER_HOUR)])
    incoming(FORWARD.replace(b"hanako@isp", b"taro@isp"), "explain", mail_from="taro@isp.example", authenticated=True)
    run(JudgeStage(), now)
    assert not Explained.objects.filter(to="taro@isp.example").exists()
    incoming(FORWARD.replace(b"hanako@isp", b"jiro@isp"), "explain", mail_from="jiro@isp.example", authenticated=True)
    run(JudgeStage(), now + timedelta(hours=2))
    assert Explained.objects.filter(to="jiro@isp.example").exists()


def test_a_message_is_judged_once(folder, incoming, now):
    row = incoming(FORWARD, "explain", mail_from="hanako@isp.example", authenticated=True)
    run(JudgeStage(), now)
    Message.objects.filter(pk=row.pk).update(work="due")
    run(JudgeStage(), now)
    assert Explained.objects.count() == 1
