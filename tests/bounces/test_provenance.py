"""Genuine, backscatter or fake: on made notices with a send log, and against people who know the rules."""

from collections import Counter

import pytest

from bounces import notices_made as made
from bounces.generator import people
from bounces.generator.sets import make
from sekimori.bounces import parse
from sekimori.bounces.provenance.model import Known, Log, Provenance
from sekimori.bounces.provenance.rules import judge
from sekimori.mailauth.batv import Tag
from sekimori.mime import read

PUBLIC = Known(domains=frozenset({people.ISP}), hosts=(people.ISP,))
EACH = 300


def judged(raw, known=PUBLIC):
    mail = read(raw)
    return judge(mail, parse(mail), known)


def table(seed, *, owner):
    counts = Counter()
    sets, log = make(seed, EACH)
    for one in sets:
        mail = read(one.raw)
        found = parse(mail)
        known = PUBLIC
        if owner:
            sent = log.get(found.original.message_id)
            state = Log.NOT_ASKED if not found.original.message_id else Log.HIT if sent is not None and sent.login == one.owner else Log.SILENT
            known = Known(domains=PUBLIC.domains, hosts=PUBLIC.hosts, owner=frozenset({one.owner}), log=state)
        counts[one.label, judge(mail, found, known).provenance.value] += 1
    return counts


def share(counts, label, verdict):
    return counts[label, verdict] / sum(n for (made_as, _), n in counts.items() if made_as == label)


@pytest.mark.parametrize("seed", [101, 202])
def test_with_the_send_log(seed):
    counts = table(seed, owner=True)
    said_genuine = sum(n for (_, v), n in counts.items() if v == "genuine")
    assert said_genuine >= EACH * 0.95 and counts["genuine", "genuine"] / said_genuine >= 0.99
    assert share(counts, "fake", "fake") >= 0.95 and share(counts, "backscatter", "backscatter") >= 0.95
    assert share(counts, "not_a_bounce", "not_a_bounce") >= 0.99


def test_without_any_log_nothing_is_called_genuine():
    counts = table(303, owner=False)
    assert not any(v == "genuine" for _, v in counts)
    assert share(counts, "fake", "fake") >= 0.95 and share(counts, "genuine", "fake") <= 0.01 and share(counts, "backscatter", "fake") <= 0.01


def test_proof_of_each_kind_makes_it_genuine():
    for proof in (Known(log=Log.HIT), Known(envelope_id_ours=True), Known(tag=Tag.VALID), Known(dkim_ours=True)):
        j = judged(made.POSTFIX, proof)
        assert j.provenance is Provenance.GENUINE and j.disowned()


def test_a_fake_that_quotes_a_real_message_id_stays_a_fake():
    # whoever got a mail of the member knows its Message-ID
    raw = made.POSTFIX.replace(b"This is the mail system at host mx.example.net.", b"Release your message within 24 hours: click here https://verify.evil-site.example/\nThis is the mail system at host mx.example.net.")
    raw = raw.replace(b"Return-Path: <>\n", b"Return-Path: <x@evil-site.example>\n", 1)
    assert judged(raw, Known(log=Log.HIT)).provenance is Provenance.FAKE


def test_a_real_notice_may_link_to_help_pages():
    raw = made.POSTFIX.replace(b"User unknown in local recipient table (in reply", b"see https://support.google.com/mail/?p=NoSuchUser (in reply")
    assert judged(raw).provenance is not Provenance.FAKE


def test_forged_returns_are_backscatter_once_the_log_is_silent():
    foreign = made.POSTFIX.replace(b"by smtp1.isp.example (Postfix)", b"by mx.shop.example (Postfix)")
    assert judged(foreign).provenance is Provenance.BACKSCATTER
    assert judged(made.POSTFIX, Known(domains=PUBLIC.domains, hosts=PUBLIC.hosts, log=Log.SILENT)).provenance is Provenance.BACKSCATTER
    assert judged(made.POSTFIX).provenance is Provenance.GENUINE_LIKELY


def test_a_missing_tag_speaks_against_a_notice_where_we_always_tag():
    assert judged(made.POSTFIX, Known(tag=Tag.MISSING)).provenance is Provenance.BACKSCATTER
    assert judged(made.POSTFIX, Known(tag=Tag.INVALID)).provenance is Provenance.BACKSCATTER


def test_an_expired_tag_proves_nothing_and_accuses_nobody():
    expired = judged(made.POSTFIX, Known(domains=PUBLIC.domains, hosts=PUBLIC.hosts, tag=Tag.EXPIRED))
    plain = judged(made.POSTFIX)
    assert expired.provenance is plain.provenance is Provenance.GENUINE_LIKELY
    assert {e.code for e in expired.evidence} - {e.code for e in plain.evidence} == {"token_expired"}


def test_a_proof_does_not_hide_the_silence_of_the_log():
    j = judged(made.POSTFIX, Known(tag=Tag.VALID, log=Log.SILENT))
    assert j.provenance is Provenance.GENUINE and [e.code for e in j.evidence][:2] == ["token_valid", "log_silent"]


def test_our_name_from_outside_is_a_fake():
    raw = b"Return-Path: <x@evil.example>\nReceived: from evil.example (evil.example [203.0.113.9])\n by mx1.isp.example with ESMTP id 1; Tue, 24 Nov 2026 10:00:00 +0900\nFrom: Mail Delivery System <mailer-daemon@isp.example>\nTo: hanako@isp.example\nSubject: Undelivered Mail Returned to Sender\n\nYour mailbox could not be synchronised.\n"
    j = judged(raw)
    assert j.provenance is Provenance.FAKE and "claims_ours" in {e.code for e in j.evidence}


@pytest.mark.parametrize("raw", [made.VACATION, made.ARF, made.RECEIPT, made.CHALLENGE, made.ORDINARY])
def test_other_mail_is_not_judged(raw):
    assert judged(raw).provenance is Provenance.NOT_A_BOUNCE


def test_a_piece_without_facts_is_unknown_not_genuine():
    assert judged(b"From: MAILER-DAEMON@mx.example.net\nSubject: Undelivered Mail\n\nYour message could not be delivered.\n").provenance in (Provenance.UNKNOWN, Provenance.FAKE)
