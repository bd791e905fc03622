"""Where a message goes, and when no automatic answer may follow."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekimori.intake import rules
from sekimori.intake.ours import Ours
from sekimori.mime import read
from sekimori.settings.types import Settings
from sekimori.values import ids

OURS = replace(Ours.of(Settings(data=Path("/nonexistent"))), key=b"k" * 50)
TOKEN = ids.token()
HASH = ids.token_hash(TOKEN)
ABUSE = "abuse@isp.example"


def route(head: str = "", *, mail_from: str | None = "a@example.com", to: tuple[str, ...] = (ABUSE,), author: str = "a@example.com", body: str = "x"):
    raw = f"From: {author}\r\nSubject: x\r\n{head}\r\n{body}\r\n".encode()
    return rules.route(read(raw), mail_from, to, OURS)


def dsn(returned: str, kind: str = "delivery-status") -> bytes:
    return (f"From: MAILER-DAEMON@mx.example\r\nSubject: Undelivered\r\nContent-Type: multipart/report; report-type={kind}; boundary=b\r\n\r\n"
            "--b\r\n\r\nSorry.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
            "Final-Recipient: rfc822; m@other.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
            f"--b\r\nContent-Type: message/rfc822\r\n\r\n{returned}\r\n--b--\r\n").encode()


def test_a_report_is_a_report():
    got = route()
    assert got == rules.Routing("report", "", "", "example.com")


@pytest.mark.parametrize(("head", "why"), [
    ("Auto-Submitted: auto-replied\r\n", "auto_submitted"), ("Auto-Submitted: auto-generated (x); a=b\r\n", "auto_submitted"), ("Auto-Submitted: No\r\n", ""),
    ("X-Autoreply: yes\r\n", "auto_submitted"),
    ("Precedence: bulk\r\n", "precedence"), ("Precedence: LIST\r\n", "precedence"), ("Precedence: first-class\r\n", ""),
    ("List-Id: <x.example>\r\n", "list"), ("List-Unsubscribe: <mailto:x@y>\r\n", "list"),
    ("X-Auto-Response-Suppress: DR, OOF\r\n", "suppressed"), ("X-Auto-Response-Suppress: None\r\n", ""),
    ("X-Loop: other@example.com\r\n", "x_loop"), ("Received: by x\r\n" * 50, ""), ("Received: by x\r\n" * 51, "hops")])
def test_headers_that_forbid_an_answer_but_never_lose_the_report(head, why):
    got = route(head)
    assert (got.route, got.auto) == ("report", why)


@pytest.mark.parametrize(("mail_from", "author", "why"), [
    ("", "a@example.com", "null_sender"), (None, "a@example.com", ""), ("MAILER-DAEMON@x.example", "a@example.com", "mailer_daemon"),
    ("a@x", "postmaster@x.example", "mailer_daemon"), ("owner-l@x.example", "a@x.example", "list"), ("l-bounces+a=b@x.example", "a@x.example", "list"),
    ("noreply@x.example", "noreply@x.example", "no_reply"), ("a@x", "do-not-reply@x.example", "no_reply"),
    ("abuse@isp.example", "a@x", "own"), ("a@x", "abuse@ISP.example", "own")])
def test_senders_that_get_no_answer(mail_from, author, why):
    got = route(mail_from=mail_from, author=author)
    assert (got.route, got.auto) == ("report", why)


BODY = "---- [ N-7QF3-9MZA-H2WP ] ----\r\nご契約の回線から\r\n---- [ /N-7QF3-9MZA-H2WP ] ----"
PROVEN = f"X-Loop: {OURS.loop_mark(BODY)}\r\nContent-Type: text/plain; charset=utf-8\r\n"


@pytest.mark.parametrize("case", [{}, {"to": (f"abuse+{TOKEN}@isp.example",)}, {"author": "Desk <desk@isp.example>"}, {"mail_from": ""},
                                  {"body": BODY.replace("\r\n", "  \n\n")}])
def test_our_own_mail_come_back_is_a_loop(case):
    got = route(PROVEN, **({"body": BODY} | case))
    assert (got.route, got.auto, got.token) == ("loop", "own", "")


@pytest.mark.parametrize("case", [
    {"mail_from": "desk@isp.example"}, {"mail_from": f"desk+{TOKEN}@isp.example"}, {"author": "Desk <desk@isp.example>"},
    {"head": "X-Loop: desk@isp.example\r\n"}, {"head": PROVEN, "body": BODY + "http://phish.example/"}, {"head": PROVEN, "body": "other words"},
    {"head": f"X-Loop: desk+{TOKEN}@isp.example\r\n", "body": BODY}])
def test_what_only_claims_to_be_ours_is_read_and_not_answered(case):
    """A victim hands on a phisher's letter that bears our name in every field: it must not vanish as our own."""
    got = route(**({"body": BODY} | case))
    assert (got.route, got.auto) == ("report", "own")


def test_without_a_key_nothing_is_proven():
    bare = replace(OURS, key=b"")
    raw = f"From: a@example.com\r\nX-Loop: {bare.loop_mark(BODY)}\r\n\r\n{BODY}\r\n".encode()
    assert rules.route(read(raw), "a@example.com", (ABUSE,), bare).route == "report"


def test_a_token_in_the_recipient_files_a_reply_and_nothing_else_does():
    for to in (f"abuse+{TOKEN}@isp.example", f"ABUSE+{TOKEN.upper()}@ISP.example", f"desk+{TOKEN}@isp.example"):
        got = route(to=(to,))
        assert (got.route, got.token) == ("reply", HASH), to
    forged = (f"In-Reply-To: <{TOKEN}@isp.example>\r\nReferences: <{TOKEN}@isp.example>\r\nTo: abuse+{TOKEN}@isp.example\r\n"
              "Subject: Re: [K-7QF3-9MZA-H2WP] case\r\n")
    assert route(forged).route == "report"
    assert route(forged).token == ""
    assert route(to=("abuse+spam@isp.example",)).route == "report"
    assert route(to=(f"abuse+{TOKEN}x@isp.example",)).token == ""
    assert route(to=(f"user+{TOKEN}@isp.example",)).token == ""


def test_an_automatic_reply_to_a_notice_is_still_a_reply():
    got = route("Auto-Submitted: auto-replied\r\n", to=(f"abuse+{TOKEN}@isp.example",))
    assert (got.route, got.auto, got.token) == ("reply", "auto_submitted", HASH)


def test_bounces_of_our_notices():
    ours, theirs = "From: desk@isp.example\r\nX-Loop: desk@isp.example\r\n\r\nbody", "From: x@other.example\r\n\r\nbody"
    at = f"desk+{TOKEN}@isp.example"
    for raw, mail_from, to, expected in (
            (dsn(theirs), "", at, ("bounce", HASH)), (dsn(ours), "", ABUSE, ("bounce", "")), (dsn(theirs), "", ABUSE, ("report", "")),
            (dsn(ours), "MAILER-DAEMON@mx.example", ABUSE, ("bounce", "")), (dsn(ours, "feedback-report"), "", ABUSE, ("report", "")),
            (b"From: Mailer-Daemon@old.example\r\n\r\nuser unknown\r\n", "", at, ("bounce", HASH)),
            (dsn(ours), None, ABUSE, ("bounce", ""))):
        got = rules.route(read(raw), mail_from, (to,), OURS)
        assert (got.route, got.token) == expected
        assert got.auto


def test_mail_to_the_explainer():
    assert route(to=("bounce-help@isp.example",)).route == "explain"
    assert route(to=("bounce-help@isp.example", ABUSE)).route == "report"
    assert route(mail_from="", to=("bounce-help@isp.example",)).auto == "null_sender"


def test_which_addresses_are_ours():
    assert OURS.purpose("POSTMASTER").kind == "abuse"
    assert OURS.purpose("abuse") is None
    assert OURS.purpose("abuse@brand.example") is None
    assert OURS.purpose("abuse@brand.example", any_domain=True).kind == "abuse"
    assert OURS.purpose("user@isp.example") is None


@pytest.mark.parametrize("local", ["abuse", "postmaster", "security", "noc"])
def test_the_role_addresses_bypass_every_filter(local):
    assert OURS.bypasses_filters(f"{local}@isp.example")
    assert OURS.bypasses_filters(f"{local.upper()}+x@isp.example")
    assert not OURS.bypasses_filters(f"{local}@other.example")
    assert not OURS.bypasses_filters(f"x{local}@isp.example")


@given(st.binary(max_size=400), st.one_of(st.none(), st.text(max_size=40)), st.lists(st.text(max_size=40), max_size=4))
def test_no_octets_and_no_envelope_raise(raw, mail_from, to):
    got = rules.route(read(raw), mail_from, to, OURS)
    assert got.route in rules.ROUTES


HEADS = ["Auto-Submitted: auto-replied\r\n", "X-Loop: desk@isp.example\r\n", "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n",
         "From: desk@isp.example\r\n", "From: x@y\r\n", "List-Id: x\r\n", "\r\n", "--b\r\nContent-Type: message/rfc822\r\n\r\n"]


@given(st.lists(st.sampled_from(HEADS), max_size=8), st.sampled_from(["", "desk@isp.example", "x@y", None]),
       st.lists(st.sampled_from([ABUSE, f"abuse+{TOKEN}@isp.example", f"desk+{TOKEN}@isp.example", "bounce-help@isp.example", "other@x"]), max_size=3))
def test_only_the_envelope_can_carry_a_token_and_only_a_proof_ends_a_message(heads, mail_from, to):
    got = rules.route(read("".join(heads).encode()), mail_from, to, OURS)
    assert not got.token or any(TOKEN in r for r in to)
    assert got.route != "loop"
