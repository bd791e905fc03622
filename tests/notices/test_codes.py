"""Codes for My page: to a channel not in question, once, few guesses, and no way to tell whether a number exists."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from notices_rows import case, contract, measure, run
from sekimori.notices import codes
from sekimori.notices.models import SignIn
from sekimori.notices.stages import CodeStage
from sekimori.values.actors import Actor

pytestmark = pytest.mark.django_db


def sent(folder):
    """Return (recipient, code) of every code mail, in order."""
    from email import message_from_bytes, policy

    out = []
    for path in sorted((folder.data / "outbox").glob("*.eml"), key=lambda p: p.stat().st_mtime_ns) if (folder.data / "outbox").exists() else []:
        mail = message_from_bytes(path.read_bytes(), policy=policy.default)
        out.append((mail["To"], re.search(r"\d{4} \d{4}", mail.get_content())[0], mail.get_content()))
    return out


def test_the_code_goes_to_the_alternative_address_and_signs_in_once(folder, now):
    c = contract()
    codes.ask(c.key, now)
    run(CodeStage(), now)
    ((to, code, text),) = sent(folder)
    assert to.endswith("@other.example") and "http" not in text
    assert codes.check(c.key, "0000 0000", now) is None
    assert codes.check(c.key, code, now) == c
    assert codes.check(c.key, code, now) is None, "a code works once"


def test_a_stale_code_is_worth_nothing(folder, now):
    c = contract()
    codes.ask(c.key, now)
    run(CodeStage(), now)
    assert codes.check(c.key, sent(folder)[0][1], now + codes.VALID) is None


def test_five_wrong_guesses_and_the_code_is_gone(folder, now):
    c = contract()
    codes.ask(c.key, now)
    run(CodeStage(), now)
    for i in range(codes.GUESSES):
        assert codes.check(c.key, f"{i:08d}", now) is None
    assert codes.check(c.key, sent(folder)[0][1], now) is None


def test_full_width_digits_and_spaces_do_not_matter(folder, now):
    c = contract()
    codes.ask(c.key, now)
    run(CodeStage(), now)
    wide = sent(folder)[0][1].translate(str.maketrans("0123456789 ", "０１２３４５６７８９　"))
    assert codes.check(f" {c.key} ", wide, now) == c


def test_five_codes_an_hour(folder, now):
    c = contract()
    for i in range(9):
        codes.ask(c.key, now + timedelta(seconds=i))
        run(CodeStage(), now + timedelta(seconds=i))
    assert len(sent(folder)) == codes.PER_HOUR


def test_a_mailbox_in_question_is_no_way_in(folder, now):
    c = contract(email="thief@isp.example", alt_email="")
    k = case(now, holder=c, how="submission", proof={"readings": [{"verdict": {"trails": [{"holder": "login:Thief@isp.example"}]}}]}, stolen=True)
    codes.ask(c.key, now)
    run(CodeStage(), now)
    assert sent(folder) == []
    k.closed_at = now
    k.save()
    measure(k, now, "restrict_mail", "executed", path="stolen", target="thief@isp.example")
    codes.ask(c.key, now)
    run(CodeStage(), now)
    assert sent(folder) == [], "while the restriction is in force"


def test_a_number_without_a_contract_takes_the_same_steps(folder, now):
    c = contract()
    asked = {}
    for number in (c.key, "no-such-number"):
        with CaptureQueriesContext(connection) as q:
            codes.ask(number, now)
        asked[number] = len(q)
    assert len(set(asked.values())) == 1
    run(CodeStage(), now)
    assert len(sent(folder)) == 1
    for number in (c.key, "no-such-number"):
        with CaptureQueriesContext(connection) as q:
            assert codes.check(number, "12345678", now) is None
        asked[number] = len(q)
    assert len(set(asked.values())) == 1


def test_an_officer_reads_a_code_to_a_caller(folder, now):
    c = contract()
    code = codes.for_caller(c, Actor("officer", "o1"), now)
    assert codes.check(c.key, code, now + timedelta(minutes=20)) == c
    assert code not in str(list(SignIn.objects.values()))


def test_an_ended_contract_gets_none(folder, now):
    c = contract()
    c.valid_to = now - timedelta(days=1)
    c.save()
    codes.ask(c.key, now)
    run(CodeStage(), now)
    assert sent(folder) == []
