"""Mail to a notice's token is filed with it; it is never mined, and nothing else in it is believed."""

import pytest

from notices_rows import answer, case, contract, message, notice_for, run
from sekimori.disclosure import hearing, service
from sekimori.enforcement.models import Saying, Switch
from sekimori.evidence import store
from sekimori.intake.models import Message
from sekimori.notices import tokens
from sekimori.notices.models import Notice, Reply
from sekimori.notices.stages import AnswerStage, HearingStage, ReplyStage, SendStage
from sekimori.reports.models import Finding, Review
from sekimori.values.actors import Actor
from sekimori.values.ids import token_hash

pytestmark = pytest.mark.django_db


def incoming(now, folder, ref, text, *, auto="", token=None):
    raw = f"From: someone@x.example\r\nSubject: Re: {ref}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}".encode()
    sha = store.put(raw, now=now, expires_at=None)
    secret = token if token is not None else tokens.reply_token(tokens.key(folder), ref)
    row = message(now, route="reply", token=token_hash(secret), sha=sha, auto=auto)
    Message.objects.filter(pk=row.pk).update(work="due")
    return row


def test_a_members_reply_is_a_statement_without_our_own_lines(folder, now):
    n = notice_for(case(now), now)
    run(SendStage(), now)
    before = Finding.objects.count()
    row = incoming(now, folder, n.ref, "ルーターを更新しました。\r\n\r\n> " + n.body.replace("\n", "\r\n> "))
    run(ReplyStage(), now)
    said = Saying.objects.get()
    assert said.kind == "statement" and said.case_id == n.case_id and said.text == "ルーターを更新しました。"
    assert Reply.objects.get().notice_id == n.pk and Finding.objects.count() == before
    row.refresh_from_db()
    assert row.state == "reply" and row.work == "done" and not Review.objects.exists()


def test_an_automatic_reply_says_nothing(folder, now):
    n = notice_for(case(now), now)
    incoming(now, folder, n.ref, "休暇中です", auto="auto_submitted")
    run(ReplyStage(), now)
    assert Reply.objects.count() == 1 and not Saying.objects.exists()


def test_a_guessed_token_reaches_a_person_and_no_case(folder, now):
    n = notice_for(case(now), now)
    incoming(now, folder, n.ref, "hello", token="a" * 26)
    run(ReplyStage(), now)
    assert not Reply.objects.exists() and not Saying.objects.exists() and Review.objects.get().reason == "reply_unknown_token"


def test_a_reporters_reply_waits_beside_the_report(folder, now):
    Switch.objects.create(name="live:*", on=True, by="x", at=now)
    answer(now)
    run(AnswerStage(), now)
    n = Notice.objects.get()
    incoming(now, folder, n.ref, "more logs: 198.18.0.9")
    run(ReplyStage(), now)
    assert Reply.objects.get().notice_id == n.pk and Review.objects.get().reason == "reporter_reply" and not Finding.objects.exists()


def test_only_the_hash_of_a_token_is_stored(folder, now):
    n = notice_for(case(now), now)
    secret = tokens.reply_token(tokens.key(folder), n.ref)
    assert len(secret) == 26 and n.reply_token == token_hash(secret)
    assert secret not in str(Notice.objects.filter(pk=n.pk).values())


def test_a_reply_to_a_hearing_goes_to_a_person_and_is_no_answer(folder, now):
    who = contract(postal="")
    request = service.receive("sender_disclosure", now, Actor("officer", "a"), contract=who)
    hearing.ask(request, "https://board.example/1", "", now, Actor("officer", "a"))
    run(HearingStage(), now)
    run(SendStage(), now)
    n = Notice.objects.get()
    incoming(now, folder, n.ref, "同意しません")
    run(ReplyStage(), now)
    assert n.channel == "mail" and Reply.objects.get().text == "同意しません" and Review.objects.get().reason == "member_reply"
    assert hearing.answered(request) == "" and not Saying.objects.exists()
