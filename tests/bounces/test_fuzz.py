"""Nothing that comes in raises, loops or costs more than its length: whole samples, 5,000 broken ones, made-up octets."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bounces import notices_made as made
from bounces.mutations import stream
from corpus_path import CORPUS
from sekimori.bounces import parse
from sekimori.bounces.explain.verdicts import answers
from sekimori.bounces.parser import status_fields, transcript
from sekimori.bounces.parser.addresses import typed
from sekimori.bounces.parser.folding import Folded
from sekimori.bounces.parser.wording import read_words
from sekimori.bounces.provenance.rules import judge
from sekimori.mime import read


def whole(raw):
    mail = read(raw)
    found = parse(mail)
    judgement = judge(mail, found)
    told = answers(found, judgement)
    assert set(told) == {"ja", "en"}
    for f in found.failures:
        assert f.recipient and len(f.diagnostic) <= 4_000 and f.reason and f.rule
    return found


def pool():
    samples = [*made.MADE.values(), made.ARF, made.VACATION, made.RECEIPT, made.CHALLENGE]
    folder = CORPUS / "bounces"
    if folder.exists():
        samples += [p.read_bytes()[:60_000] for p in sorted(folder.glob("*/files/*"))[::7]]
    return samples


@pytest.mark.slow
def test_5000_broken_notices():
    for raw in stream(pool(), 5_000, 20261124):
        whole(raw)


@pytest.mark.soak
def test_100000_broken_notices():
    for raw in stream(pool(), 100_000, int(time.time())):
        whole(raw)


@given(st.binary(max_size=3000))
def test_octets(raw):
    whole(raw)


@given(st.lists(st.sampled_from([
    "Final-Recipient: rfc822; a@b.example", "Final-Recipient:", "Action: failed", "Action: delayed", "Status: 5.1.1 (x)", "Status: x", "", " folded", "Diagnostic-Code: smtp; 550 5.2.2 full", "Original-Recipient: utf-8; \\x{D800}@x", "Reporting-MTA: dns; m", ":", "X: y",
]), max_size=60))
def test_fields_in_any_order(lines):
    report = status_fields.read_fields("\n".join(lines))
    assert len(report.recipients) == len(report.lines) == len(report.parts)


@given(st.text(max_size=1500))
def test_words(text):
    read_words(Folded(text))
    transcript.read_turns(text.split("\n"))
    typed(text)


@given(st.text(alphabet="<>@.:;550- \n\t\"'()[]ab", max_size=1500))
def test_words_of_notices(text):
    for said in read_words(Folded(text)).said:
        assert "@" in said.address


@pytest.mark.parametrize("unit", [b"a", b" ", b"<a@b.example>: ", b"550-5.1.1 x\n", b"Received: x\n", b"Final-Recipient: rfc822; a@b.c\nAction: failed\n\n", b">>> RCPT TO:<a@b.example>\n<<< 550 no\n", b"@", b"a@b.c ", b"--x\n", b"following address\n", b"=?utf-8?q?a?= "])
def test_time_grows_with_length(unit):
    """CPU seconds for 200 KB and 800 KB in one body: about four times, never sixteen."""
    def spend(size):
        raw = b"From: MAILER-DAEMON@x.example\nSubject: Undelivered Mail\n\n" + (unit * (size // len(unit) + 1))[:size]
        t = time.process_time()
        whole(raw)
        return time.process_time() - t

    small, large = spend(200_000), spend(800_000)
    assert large < 1.5 and large < max(9 * small, 0.3)
