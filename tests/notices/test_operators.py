"""Downstream operators are told facts about their own range, redacted, with consent and a deadline."""

import json
from datetime import timedelta
from email import message_from_bytes, policy

import pytest

from notices_rows import finding, message, report, run
from sekimori.attribution.models import Attribution, Forward
from sekimori.enforcement.models import Switch
from sekimori.evidence import store
from sekimori.guide.compose import Filled
from sekimori.guide.compose import message as composed
from sekimori.intake.models import Message
from sekimori.notices import operator
from sekimori.notices.models import Notice
from sekimori.notices.stages import OperatorStage, SendStage
from sekimori.reports.formats.xarf4.validate import strict_fault
from sekimori.reports.models import Reporter
from sekimori.values.clock import micros

pytestmark = pytest.mark.django_db
CONTACT = "abuse@downstream.example"


def forward(now, told=None, contact=CONTACT, **f):
    seen = finding(now, told, source_ip="203.0.113.7", **f)
    found = Attribution.objects.create(finding=seen, certainty="delegated", how="delegated", at=now, due_at=micros(now), work="done")
    return Forward.objects.create(attribution=found, contact=contact, due_at=micros(now))


@pytest.fixture
def live(now):
    Switch.objects.create(name="live:*", on=True, by="x", at=now)


@pytest.fixture
def agreed(now):
    return Reporter.objects.create(domain="feed.example", first_seen=now, consent_forward=True)


def test_one_mail_with_text_and_xarf(folder, now, live, agreed):
    for i in range(3):
        forward(now, category="connection", type_="login_attack", source_port=50000 + i, proto="tcp")
    forward(now, source_port=40000)
    run(OperatorStage(), now)
    run(SendStage(), now)
    n = Notice.objects.get()
    assert n.audience == "operator" and n.to == CONTACT and n.state == "sent" and n.case is None and "203.0.113.7" in n.body
    assert "2026年12月1日" in n.body, "five business days"
    (path,) = (folder.data / "outbox").glob("*.eml")
    mail = message_from_bytes(path.read_bytes(), policy=policy.default)
    (attached,) = mail.iter_attachments()
    reports = [json.loads(line) for line in attached.get_content().splitlines()]
    assert len(reports) == 4 and all(strict_fault(r) is None for r in reports) and {r["source_port"] for r in reports} == {50000, 50001, 50002, 40000}
    assert set(Forward.objects.values_list("notice", flat=True)) == {n.ref}


def test_nothing_of_the_reporter_is_in_it(folder, now, live, agreed):
    told = report(now, domain="feed.example", mail_from="canary@feed.example", report_id="CANARY-ID")
    forward(now, told, message_id="canary@victim.example", queue_host="canary-host", time_raw="CANARY", source_port=1)
    run(OperatorStage(), now)
    n = Notice.objects.get()
    text = (n.subject + n.body + n.attachment).lower()
    assert "canary" not in text and "feed.example" not in text and "victim" not in text
    smtp_from = json.loads(n.attachment)["smtp_from"]
    assert smtp_from.endswith("@redacted.invalid")


def test_without_consent_it_waits_for_an_officer(folder, now, live):
    row = forward(now, report(now, domain="silent.example"))
    run(OperatorStage(), now)
    row.refresh_from_db()
    assert row.work == "held" and not Notice.objects.exists()
    Forward.objects.filter(pk=row.pk).update(agreed_by="hana", work="due")
    run(OperatorStage(), now)
    assert Notice.objects.count() == 1


@pytest.mark.parametrize(("consents", "sent"), [(("pass_operator",), True), (("show_holder", "pass_bodies"), False), ((), False)])
def test_consent_ticked_in_the_form(folder, now, live, consents, sent):
    raw = composed(Filled("ja", "attack", text="x", consents=consents), to="abuse@isp.example", domain="isp.example", now=now)
    told = report(now, domain="x.example", authenticity="none")
    sha = store.put(raw, now=now, expires_at=None)
    Message.objects.filter(pk=told.message_id).update(door="form", sha256=sha)
    forward(now, told)
    run(OperatorStage(), now)
    assert Notice.objects.exists() == sent


def test_a_consent_written_into_a_mail_header_is_none(folder, now, live):
    raw = b"From: a@x.example\r\nX-Sekimori-Form: kind=spam; consents=pass_operator\r\n\r\nx"
    told = report(now, domain="x.example")
    Message.objects.filter(pk=told.message_id).update(sha256=store.put(raw, now=now, expires_at=None))
    row = forward(now, told)
    run(OperatorStage(), now)
    row.refresh_from_db()
    assert row.work == "held"


def test_rehearsal_and_bad_contacts(folder, now, agreed):
    forward(now)
    bad = forward(now, contact="call +81 3 1234")
    run(OperatorStage(), now)
    run(SendStage(), now)
    bad.refresh_from_db()
    assert Notice.objects.get().state == "rehearsal" and bad.work == "held" and not (folder.data / "outbox").exists()


def test_what_the_schema_would_refuse_stands_in_the_text_alone(now):
    us = operator.Us("Reiji Net", "abuse@isp.example", "isp.example")
    lacks = [operator.Event("k1", now, True, "203.0.113.7", None, "", "connection", "login_attack", 1),
             operator.Event("k2", None, False, "203.0.113.7", 1, "tcp", "connection", "login_attack", 1),
             operator.Event("k3", now, False, "203.0.113.7", 1, "tcp", "connection", "login_attack", 1)]
    assert operator.xarf(lacks, us, b"k") == ""
    _, body, _ = operator.render(lacks, us, "N-2345-6789-ABCD", now + timedelta(days=5), "en", attached=False)
    assert body.count("203.0.113.7") == 3 and "time unknown" in body and "zone unknown" in body


def test_the_same_event_has_the_same_report_id(now):
    us = operator.Us("Reiji Net", "abuse@isp.example", "isp.example")
    event = operator.Event("k", now, True, "203.0.113.7", 1, "tcp", "connection", "login_attack", 1)
    assert operator.xarf([event], us, b"k") == operator.xarf([event], us, b"k") != ""


def test_its_reply_waits_for_a_person(folder, now, live, agreed):
    from sekimori.notices import tokens
    from sekimori.notices.stages import ReplyStage
    from sekimori.reports.models import Review
    from sekimori.values.ids import token_hash

    forward(now)
    run(OperatorStage(), now)
    n = Notice.objects.get()
    sha = store.put(b"From: x@downstream.example\r\n\r\ndone", now=now, expires_at=None)
    row = message(now, route="reply", token=token_hash(tokens.reply_token(tokens.key(folder), n.ref)), sha=sha)
    Message.objects.filter(pk=row.pk).update(work="due")
    run(ReplyStage(), now)
    assert Review.objects.get().reason == "operator_reply"


def days_pass(now, first, last):
    """Let the stage look every day (a clock that jumps further is in doubt, and nobody is told anything)."""
    for day in range(first, last + 1):
        run(OperatorStage(), now + timedelta(days=day))


def test_a_silent_operator_is_reminded_once_then_a_person_looks(folder, now, live, agreed):
    from sekimori.reports.models import Review

    forward(now)
    forward(now)
    days_pass(now, 0, 7)
    assert Notice.objects.count() == 1, "the deadline is not over"
    days_pass(now, 8, 9)
    first, second = Notice.objects.order_by("id")
    assert second.subject.startswith("【再送】") and "もう一度" in second.body and not first.subject.startswith("【再送】")
    assert set(Forward.objects.values_list("notice", "work")) == {(second.ref, "due")}
    days_pass(now, 10, 20)
    assert Notice.objects.count() == 2 and set(Forward.objects.values_list("work", flat=True)) == {"done"}
    assert [(r.reason, r.detail) for r in Review.objects.all()] == [("operator_silent", CONTACT)]


@pytest.mark.parametrize("auto", ["", "auto_submitted"])
def test_an_operator_that_answered_is_left_in_peace(folder, now, live, agreed, auto):
    from sekimori.notices.models import Reply

    forward(now)
    run(OperatorStage(), now)
    said = message(now + timedelta(days=1), mail_from=CONTACT, route="reply", auto=auto)
    Reply.objects.create(message=said, notice=Notice.objects.get(), text="done", at=now + timedelta(days=1))
    days_pass(now, 1, 9)
    assert Notice.objects.count() == (2 if auto else 1), "an automatic answer is none"
    assert Forward.objects.get().work == ("due" if auto else "done")
