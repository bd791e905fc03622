"""Rows and evidence of arrivals: exact, once, in one transaction."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta
from unittest import mock

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus_path import corpus
from sekimori.evidence import store as evidence
from sekimori.evidence.body import sha256_of
from sekimori.evidence.models import Body
from sekimori.intake import arrival, housekeeping
from sekimori.intake.doors import files, http
from sekimori.intake.models import Message
from sekimori.intake.ours import Ours
from sekimori.intake.receive import receive, receive_all
from sekimori.policy.files import retention
from sekimori.settings import current, use
from sekimori.values import ids
from sekimori.values.clock import SetClock, micros
from sekimori.values.outcomes import Refused
from sekimori.work.columns import lane_of
from sekimori.work.models import ClockMark
from support import NOW

pytestmark = pytest.mark.django_db
RAW = b"From: Reporter <r@Feed.example>\r\nSubject: x\r\n\r\nbody\r\n"


@pytest.fixture(autouse=True)
def folder(tmp_path):
    before = current()
    use(replace(before, data=tmp_path))
    yield tmp_path
    use(before)


def take(raw=RAW, **kw):
    given_ = {"mail_from": "r@feed.example", "rcpt_to": ["abuse@isp.example"], "door": "lmtp", "peer": "192.0.2.1", "now": NOW} | kw
    return receive(raw, **given_)


def test_a_row_says_what_came_and_waits_in_its_lane():
    m = take(authenticated=True)
    assert (m.sha256, m.door, m.mail_from, m.rcpt_to, m.peer, m.size) == (
        sha256_of(RAW), "lmtp", "r@feed.example", ["abuse@isp.example"], "192.0.2.1", len(RAW))
    assert (m.route, m.auto, m.token, m.state, m.copies, m.authenticated, m.received_at) == ("report", "", "", "received", 1, True, NOW)
    assert (m.work, m.lane, m.due_at, m.tries, m.lease) == ("due", lane_of("feed.example"), micros(NOW), 0, None)
    assert evidence.get(m.sha256) == RAW
    assert Body.objects.get(pk=m.sha256).expires_at == NOW + timedelta(days=retention().report_without_case_days)


def test_the_same_again_is_one_row_whatever_door_of_the_class():
    first, again, other_door = take(), take(now=NOW + timedelta(hours=1)), take(door="smtp", rcpt_to=["abuse@ISP.example"])
    assert first.pk == again.pk == other_door.pk
    assert Message.objects.get().copies == 3
    assert Message.objects.get().received_at == NOW
    assert take(rcpt_to=["noc@isp.example"]).pk != first.pk
    assert take(mail_from="").pk != first.pk
    assert take(door="http").pk != first.pk
    assert Body.objects.count() == 1


def test_a_repeat_of_a_finished_message_does_not_wake_it():
    m = take()
    Message.objects.filter(pk=m.pk).update(work="done", state="read")
    assert take().work == "done"


def test_our_own_mail_come_back_is_kept_and_done():
    (current().data / "keys").mkdir()
    (current().data / "keys/replies").write_bytes(b"k" * 50)
    m = take(f"X-Loop: {Ours.of(current()).loop_mark('our words')}\r\n\r\nour words\r\n".encode())
    assert (m.route, m.work, m.state, m.auto) == ("loop", "done", "loop", "own")


def test_a_reply_carries_the_hash_never_the_token():
    token = ids.token()
    m = take(rcpt_to=[f"abuse+{token}@isp.example"])
    assert (m.route, m.token) == ("reply", ids.token_hash(token))


def test_hostile_envelopes_are_stored_harmless():
    m = take(mail_from="a\x00b\ud800@x", rcpt_to=["abuse\x00@isp.example"], peer="x" * 100)
    m.refresh_from_db()
    assert m.mail_from == "a\ufffdb\ufffd@x"
    assert m.rcpt_to == ["abuse\ufffd@isp.example"]
    assert len(m.peer) == 64


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=2000))
def test_any_octets_are_kept(raw):
    assert evidence.get(take(raw).sha256) == raw


def test_a_bug_in_reading_costs_no_message():
    with mock.patch.object(arrival.rules, "route", side_effect=RecursionError):
        m = take()
    assert (m.route, m.auto) == ("report", "unreadable")
    assert evidence.get(m.sha256) == RAW


def test_a_group_is_all_or_nothing():
    ours = Ours.of(current())
    ready = [arrival.prepare(arrival.Arrival(RAW + b"%d" % i, "a@b", (), "imap", "", NOW), ours) for i in range(10)]
    with pytest.raises(KeyError), transaction.atomic():
        receive_all(ready)
        raise KeyError
    assert not Message.objects.exists()
    assert not Body.objects.exists()
    receive_all([*ready, ready[0]])
    assert Message.objects.count() == 10


def test_the_http_door():
    pk = http.receive(b'{"Version":"4"}', peer="198.51.100.1", now=NOW, authenticated=True, mail_from="key:feed")
    assert http.receive(b'{"Version":"4"}', peer="198.51.100.9", now=NOW, authenticated=True, mail_from="key:feed") == pk
    assert (Message.objects.get().door, Message.objects.get().authenticated) == ("http", True)
    for raw, code in ((b" \n", "intake.empty"), (b"x" * (current().mail.max_bytes + 1), "intake.too_large")):
        with pytest.raises(Refused) as refused:
            http.receive(raw, peer="", now=NOW)
        assert refused.value.code == code


MBOX = b"From a@b Tue Nov 24 12:00:00 2026\nSubject: one\n\n>From here\nbody\n\nFrom c@d Tue Nov 24 12:00:00 2026\nSubject: two\n\nbody\n\n"


def test_the_files_door_takes_files_mboxes_maildirs_and_stdin(tmp_path):
    root = tmp_path / "in"
    for name in ("Maildir/cur", "Maildir/new", "Maildir/tmp", "sub"):
        (root / name).mkdir(parents=True)
    (root / "Maildir/cur/1:2,S").write_bytes(b"Return-Path: <>\nDelivered-To: abuse@isp.example\nTo: x@y\nSubject: cur\n\nx")
    (root / "Maildir/new/2").write_bytes(b"Subject: new\r\n\r\nx")
    (root / "Maildir/tmp/3").write_bytes(b"Subject: unfinished\n\nx")
    (root / "sub/a.eml").write_bytes(RAW)
    (root / "sub/again.eml").write_bytes(RAW)
    (root / "sub/empty.eml").write_bytes(b"")
    (root / "sub/feed.csv").write_bytes(b"timestamp,ip\n2026-11-24 00:00:00,192.0.2.1\n")
    (root / "box").write_bytes(MBOX)
    (root / "sub/large.eml").write_bytes(b"Subject: large\n\n" + b"x" * 3000)

    def go(*paths):
        return files.take([str(p) for p in paths], stdin=io.BytesIO(b"Subject: piped\n\nx"), ours=Ours.of(current()), clock=SetClock(NOW), mail_max=2000)

    taken = go(root, "-", root / "absent")
    assert (taken.read, taken.stored, taken.refused) == (8, 8, 3)
    assert taken.reasons == {"empty": 1, "over_limit:message": 1, "no_such_file_or_directory": 1}
    names = {evidence.get(m.sha256).split(b"\n")[0].strip(): m for m in Message.objects.all()}
    assert len(names) == 7
    assert b"Subject: unfinished" not in names
    cur = names[b"Return-Path: <>"]
    assert (cur.mail_from, cur.auto, cur.rcpt_to) == ("", "null_sender", ["abuse@isp.example"])
    assert names[b"Subject: new"].auto == ""
    assert evidence.get(names[b"Subject: one"].sha256) == b"Subject: one\n\n>From here\nbody\n"
    assert {m.copies for m in names.values() if evidence.get(m.sha256) == RAW} == {2}
    go(root)
    assert Message.objects.count() == 7


@pytest.mark.corpus
def test_every_hostile_message_is_kept_as_it_is():
    folder = corpus("hostile")
    paths = [p for p in sorted(folder.rglob("*")) if p.is_file() and p.stat().st_size < 300_000][:700]
    taken = files.take(map(str, paths), stdin=io.BytesIO(), ours=Ours.of(current()), clock=SetClock(NOW), mail_max=30_000_000)
    assert taken.reasons.keys() <= {"empty"}
    kept = set(Message.objects.values_list("sha256", flat=True))
    mboxes = 0
    for path in paths:
        raw = path.read_bytes()
        if raw.startswith(b"From "):
            mboxes += 1
        elif raw:
            assert sha256_of(raw) in kept, path
            assert evidence.get(sha256_of(raw)) == raw
    assert not Message.objects.filter(auto="unreadable").exists()


def test_housekeeping_expires_only_while_the_clock_is_believed():
    m = take()
    ten_years = NOW + timedelta(days=3650)
    housekeeping.tidy(NOW)
    assert housekeeping.tidy(ten_years) == (0, 0)
    assert ClockMark.objects.get().doubt == "clock.ahead"
    assert evidence.get(m.sha256) == RAW
    ClockMark.objects.all().delete()
    assert housekeeping.tidy(ten_years)[0] == 1
