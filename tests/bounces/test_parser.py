"""The reader of notices: every form, every line end, facts with their place."""

import pytest

from bounces import forms_archive, forms_made, forms_more, ordinary_made, ordinary_more
from bounces import notices_made as made
from sekimori.bounces import Action, Kind, Stage, parse
from sekimori.bounces.parser.addresses import first
from sekimori.bounces.parser.mailbox import messages


def test_postfix_in_full():
    b = parse(made.POSTFIX)
    (f,) = b.failures
    assert b.kind is Kind.BOUNCE and b.verdict == "bounce"
    assert (f.recipient, f.original_recipient, f.action, f.status, f.status_from) == ("friend@shop.example", "friends@isp.example", Action.FAILED, "5.1.1", "field")
    assert (f.reply_code, f.remote, f.stage, f.reason) == (550, "mx.shop.example", Stage.RCPT, "userunknown")
    assert f.diagnostic == "550 5.1.1 <friend@shop.example>: Recipient address rejected: User unknown in local recipient table"
    assert b.reporter.mta == "mx.example.net" and b.reporter.envelope_id == "QQ314159" and b.reporter.queue_id == "4ABCDEF0123" and b.reporter.product == "postfix"
    assert b.original.message_id == "orig-1@isp.example" and b.original.extent == "complete" and b.original.subject == "写真を送ります"
    assert made.POSTFIX[b.original.start:b.original.end].startswith(b"Return-Path: <hanako@isp.example>") or b"Message-ID: <orig-1" in made.POSTFIX[b.original.start:b.original.end]
    assert f.span is not None and f.span.part < len(made.POSTFIX)


def test_the_place_of_the_diagnostic_is_the_line_where_it_stands():
    f = parse(made.POSTFIX).failures[0]
    assert f.span is not None
    lines = made.POSTFIX[f.span.part:].decode().split("\n")
    assert lines[f.span.first].startswith("Diagnostic-Code:")


@pytest.mark.parametrize(("name", "recipients", "reasons"), [
    ("exim", ["one@shop.example", "two@shop.example"], ["userunknown", "mailboxfull"]),
    ("qmail", ["friend@shop.example"], ["userunknown"]),
    ("sendmail", ["friend@docomo.ne.jp"], ["rejected"]),
    ("exchange", ["friend@shop.example"], ["userunknown"]),
    ("gmail_ja", ["friend@shop.example"], ["userunknown"]),
    ("ezweb", ["friend@ezweb.ne.jp"], ["userunknown"]),
    ("delayed", ["friend@shop.example"], ["expired"]),
    ("eai", ["太郎@例え.example"], None),
    ("several", ["full@shop.example", "slow@shop.example", "good@shop.example"], ["mailboxfull", "expired", "delivered"]),
])
def test_each_form(name, recipients, reasons):
    b = parse(made.MADE[name])
    assert b.kind is Kind.BOUNCE and [f.recipient for f in b.failures] == recipients
    assert reasons is None or [f.reason for f in b.failures] == reasons


def test_actions_of_one_report_are_told_apart():
    b = parse(made.SEVERAL)
    assert [f.action for f in b.failures] == [Action.FAILED, Action.DELAYED, Action.DELIVERED]
    assert b.failures[1].retry_until == "Fri, 27 Nov 2026 10:00:00 +0900"
    assert parse(made.DELAYED).failures[0].action is Action.DELAYED


@pytest.mark.parametrize("name", sorted(made.MADE))
@pytest.mark.parametrize("eol", [b"\r\n", b"\r"])
def test_line_ends_change_nothing(name, eol):
    plain, other = parse(made.MADE[name]), parse(made.MADE[name].replace(b"\n", eol))
    assert [(f.recipient, f.reason, f.status, f.action, f.diagnostic, f.stage) for f in plain.failures] == [(f.recipient, f.reason, f.status, f.action, f.diagnostic, f.stage) for f in other.failures]
    assert plain.original.message_id == other.original.message_id


def test_addresses_may_change_everything_else_stays():
    moved = made.POSTFIX.replace(b"friend@shop.example", b"mailbox-full.spam+blocked@virus.example.org")
    (f,) = parse(moved).failures
    assert f.recipient == "mailbox-full.spam+blocked@virus.example.org" and f.reason == "userunknown"


def test_a_carrier_trap_depends_on_the_step():
    def reason(step: str, status: str = "5.0.0") -> str:
        raw = made.POSTFIX.replace(b"friend@shop.example", b"friend@docomo.ne.jp").replace(b"mx.shop.example", b"mfsmax.docomo.ne.jp")
        raw = raw.replace(b"550 5.1.1 <friend@docomo.ne.jp>: Recipient\n    address rejected: User unknown in local recipient table (in reply to RCPT TO\n    command)", b"550 Unknown user friend@docomo.ne.jp (in reply to " + step.encode() + b" command)")
        raw = raw.replace(b"550 5.1.1 <friend@docomo.ne.jp>: Recipient address\n    rejected: User unknown in local recipient table", b"550 Unknown user friend@docomo.ne.jp").replace(b"Status: 5.1.1", b"Status: " + status.encode())
        return parse(raw).failures[0].reason

    assert reason("RCPT TO") == "userunknown"
    assert reason("end of DATA") == "rejected"
    assert reason("end of DATA", "5.2.0") == "filtered"


def test_au_tells_filter_and_nobody_apart_by_the_address_it_names():
    named = made.EZWEB
    bare = made.EZWEB.replace(b"<<< 550 <friend@ezweb.ne.jp>: User unknown", b"<<< 550 : User unknown")
    assert parse(named).failures[0].reason == "userunknown" and parse(bare).failures[0].reason == "filtered"


@pytest.mark.parametrize(("raw", "kind", "verdict"), [
    (made.VACATION, Kind.VACATION, "vacation"), (made.ARF, Kind.FEEDBACK, "arf"), (made.RECEIPT, Kind.RECEIPT, "none"), (made.ORDINARY, Kind.OTHER, "none"), (made.CHALLENGE, Kind.CHALLENGE, "none"), (b"", Kind.OTHER, "none"),
])
def test_what_is_no_bounce(raw, kind, verdict):
    b = parse(raw)
    assert b.kind is kind and b.verdict == verdict


def test_a_reply_that_quotes_a_notice_is_no_notice():
    raw = b"From: friend@shop.example\nTo: hanako@isp.example\nSubject: Re: Undelivered Mail Returned to Sender\n\nWhat does this mean?\n> I was unable to deliver your message\n"
    assert parse(raw).verdict == "none"


def test_fields_without_blank_lines_or_with_too_many():
    text = made.SEVERAL.replace(b"\n\nFinal-Recipient", b"\nFinal-Recipient")
    assert [f.recipient for f in parse(text).failures] == ["full@shop.example", "slow@shop.example", "good@shop.example"]
    text = made.POSTFIX.replace(b"Action: failed\n", b"Action: failed\n\n", 1).replace(b"Final-Recipient: rfc822; friend@shop.example\n", b"Final-Recipient: rfc822; friend@shop.example\n", 1)
    assert [f.recipient for f in parse(text).failures][:1] == ["friend@shop.example"]


def test_a_pasted_piece_without_header():
    text = b"This is the mail system at host mx.example.net.\n\n<friend@shop.example>: host mx.shop.example[203.0.113.5] said: 552 5.2.2 mailbox is full\n"
    b = parse(text, pasted=True)
    assert [f.recipient for f in b.failures] == ["friend@shop.example"] and b.failures[0].reason == "mailboxfull"
    assert parse(text).verdict == "none"


def test_mbox_holds_several_and_a_returned_from_line_splits_nothing():
    two = b"From MAILER-DAEMON  Tue Nov 24 10:00:00 2026\n" + made.POSTFIX + b"From MAILER-DAEMON  Tue Nov 24 10:00:01 2026\n" + made.QMAIL
    assert [len(parse(m.split(b"\n", 1)[1]).failures) for m in messages(two)] == [1, 1]
    one = b"From MAILER-DAEMON  Tue Nov 24 10:00:00 2026\n" + made.QMAIL + b"\nFrom hanako@isp.example Tue Nov 24 10:00:00 2026\nDate: x\n\nhello\n"
    assert len(messages(one)) == 1 and len(messages(made.POSTFIX)) == 1


def test_a_notice_inside_a_notice_is_read():
    inner = made.POSTFIX.decode()
    outer = b"From: MAILER-DAEMON@isp.example\nTo: hanako@isp.example\nSubject: Undelivered Mail Returned to Sender\n\nThe message returned below could not be delivered.\n\nFrom MAILER-DAEMON  Tue Nov 24 10:00:00 2026\n" + inner.encode()
    assert [f.recipient for f in parse(outer).failures] == ["friend@shop.example"]


def test_events_of_a_mail_service():
    raw = b'From: no-reply@sns.example\nSubject: Notification\n\n{"notificationType":"Bounce","bounce":{"bouncedRecipients":[{"emailAddress":"friend@shop.example","action":"failed","status":"5.1.1","diagnosticCode":"smtp; 550 5.1.1 user unknown"}]},"mail":{"messageId":"m1","source":"hanako@isp.example","destination":["friend@shop.example"]}}\n'
    b = parse(raw)
    assert [f.recipient for f in b.failures] == ["friend@shop.example"] and b.failures[0].reason == "userunknown" and b.original.message_id == "m1"
    assert parse(raw.replace(b'"bouncedRecipients":[', b'"bouncedRecipients":7,"x":[')).failures == ()


@pytest.mark.parametrize("name", sorted(forms_made.FORMS))
def test_forms_of_other_systems(name):
    raw, reason, returned = forms_made.FORMS[name]
    bounce = parse(raw)
    assert bounce.kind is Kind.BOUNCE
    assert [(f.recipient, f.reason) for f in bounce.failures] == [(forms_made.FRIEND, reason)], bounce.failures
    assert not returned or bounce.original.message_id == "orig-1@isp.example"


@pytest.mark.parametrize(
    ("words", "address"),
    [
        ("宛先アドレス：taro@isp.example", "taro@isp.example"),
        ("宛先taro@isp.exampleは存在しません", "taro@isp.example"),
        ("「taro@isp.example」へ", "taro@isp.example"),
        ("太郎@例え.example", "太郎@例え.example"),
        ("<taro@例え.日本>", "taro@例え.日本"),
    ],
)
def test_wide_characters_around_addresses(words, address):
    assert first(words) == address


@pytest.mark.parametrize("name", sorted(ordinary_made.ORDINARY_MAILS))
def test_mails_about_delivery_are_no_notices(name):
    assert parse(ordinary_made.ORDINARY_MAILS[name]).kind is not Kind.BOUNCE


@pytest.mark.parametrize("name", sorted(forms_made.LISTS))
def test_recipients_in_other_forms(name):
    raw, wanted = forms_made.LISTS[name]
    bounce = parse(raw)
    assert bounce.kind is Kind.BOUNCE
    assert [f.recipient for f in bounce.failures] == [address for address, _ in wanted]
    assert [f.reason for f, (_, reason) in zip(bounce.failures, wanted, strict=True) if reason] == [reason for _, reason in wanted if reason]


@pytest.mark.parametrize("name", sorted(forms_more.MORE))
def test_more_forms(name):
    raw, wanted, statuses, action = forms_more.MORE[name]
    bounce = parse(raw)
    assert bounce.kind is Kind.BOUNCE
    assert [(f.recipient, f.reason) for f in bounce.failures] == wanted
    assert [f.status if stated else "" for f, stated in zip(bounce.failures, statuses, strict=True)] == statuses
    assert {f.action.value for f in bounce.failures} == {action}
    assert parse(raw.replace(b"\n", b"\r\n")).failures[0].recipient == wanted[0][0] == parse(raw.replace(b"\n", b"\r")).failures[0].recipient


@pytest.mark.parametrize("name", sorted(forms_archive.ARCHIVE))
def test_forms_of_an_archive(name):
    raw, wanted, statuses, action = forms_archive.ARCHIVE[name]
    bounce = parse(raw)
    assert bounce.kind is Kind.BOUNCE and [f.recipient for f in bounce.failures] == [recipient for recipient, _ in wanted]
    assert all(f.reason in reasons.split("|") for f, (_, reasons) in zip(bounce.failures, wanted, strict=True)), bounce.failures
    assert [f.status if stated else "" for f, stated in zip(bounce.failures, statuses, strict=True)] == statuses
    assert {f.action.value for f in bounce.failures} == {action}
    assert b"orig-1@isp.example" not in raw or bounce.original.message_id == "orig-1@isp.example"


@pytest.mark.parametrize("name", sorted(ordinary_more.MORE))
def test_more_mails_that_nothing_failed_for(name):
    bounce = parse(ordinary_more.MORE[name])
    assert bounce.verdict != "bounce" or not bounce.failures


@pytest.mark.parametrize("name", sorted(ordinary_more.REPORTS))
def test_reports_of_no_failure_say_so(name):
    raw, action = ordinary_more.REPORTS[name]
    (failure,) = parse(raw).failures
    assert failure.action.value == action
