"""Loads of log files: restartable, idempotent, across rotation and compression; look-up back to the login."""

import gzip
from datetime import UTC, datetime, timedelta

import pytest

from sekimori.submissions import store
from sekimori.submissions.files import LINE_MAX
from sekimori.submissions.loading import load
from sekimori.submissions.lookup import MailKey, by_mail
from sekimori.submissions.models import Handover, SignIn, Submission
from sekimori.submissions.record import record
from sekimori.submissions.uses import uses
from sekimori.values.actors import Actor
from sekimori.values.clock import micros
from sekimori.values.loads import Tally

BY = Actor("command", "test")
T0 = datetime(2026, 10, 1, tzinfo=UTC)
LINES = """\
2026-10-01T00:00:00Z smtp1 postfix/submission/smtpd[1]: A1B2C3D4E5: client=home[198.18.0.7], sasl_method=PLAIN, sasl_username=u1
2026-10-01T00:00:00Z smtp1 postfix/cleanup[1]: A1B2C3D4E5: message-id=<m1@isp.example>
2026-10-01T00:00:01Z smtp1 postfix/qmgr[1]: A1B2C3D4E5: from=<u1>, size=1, nrcpt=3 (queue active)
2026-10-01T00:00:01Z smtp1 postfix/smtpd[2]: B1B2C3D4E5: client=localhost[127.0.0.1]
2026-10-01T00:00:01Z smtp1 postfix/cleanup[2]: B1B2C3D4E5: message-id=<m1@isp.example>
2026-10-01T00:00:02Z smtp1 postfix/smtp[3]: A1B2C3D4E5: to=<x@example.com>, relay=127.0.0.1[127.0.0.1]:10024, delay=1, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as B1B2C3D4E5)
2026-10-01T00:00:02Z smtp1 postfix/qmgr[1]: A1B2C3D4E5: removed
2026-10-01T00:00:03Z smtp1 postfix/smtp[3]: B1B2C3D4E5: to=<x@example.com>, relay=out1.isp.example[198.51.100.26]:25, delay=1, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as C1B2C3D4E5)
2026-10-01T00:00:04Z smtp1 postfix/smtp[3]: B1B2C3D4E5: to=<y@example.com>, relay=mx[203.0.113.9]:25, delay=1, dsn=5.1.1, status=bounced (no such user)
2026-10-01T00:00:04Z smtp1 postfix/smtp[3]: B1B2C3D4E5: to=<z@example.com>, relay=mx[203.0.113.9]:25, delay=1, dsn=5.1.1, status=bounced (no such user)
2026-10-01T00:00:05Z smtp1 postfix/qmgr[1]: B1B2C3D4E5: removed
"""
OUT1 = """\
2026-10-01T00:00:03Z out1 postfix/smtpd[2]: C1B2C3D4E5: client=smtp1.isp.example[198.51.100.25]
2026-10-01T00:00:03Z out1 postfix/cleanup[2]: C1B2C3D4E5: message-id=<m1@isp.example>
2026-10-01T00:00:05Z out1 postfix/qmgr[1]: C1B2C3D4E5: removed
"""


def ours(address):
    return address.startswith(("198.18.", "198.51.100."))


def put(tmp_path, text, name="mail.log", now=T0 + timedelta(days=1), kind="postfix-log"):
    path = tmp_path / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return load(kind, [path], ours, UTC, now, BY, Tally())


def rows():
    return sorted(Submission.objects.values_list("host", "queue_id", "login", "message_id", "recipients", "unknown_users", "ended_at", "time"))


def key(queue_id="", host="", message_id="", at=None, error=2):
    windows = None if at is None else ((micros(at) - error * 10**6, micros(at) + error * 10**6),)
    return MailKey(queue_id, host, message_id, windows)


pytestmark = pytest.mark.django_db


def test_a_load_and_the_way_back_over_two_relays(tmp_path):
    tally = put(tmp_path, LINES)
    assert (tally.read, tally.stored, tally.refused) == (11, 2, 0)
    put(tmp_path, OUT1, "out1.log")
    for asked in (key("A1B2C3D4E5", "smtp1", at=T0), key("B1B2C3D4E5", "smtp1", at=T0), key("C1B2C3D4E5", "out1.isp.example", at=T0 + timedelta(seconds=4)),
                  key(message_id="m1@isp.example", at=T0), key(message_id="m1@isp.example")):
        (hands,) = by_mail([asked])
        assert {h.login for h in hands} == {"u1"}, asked
    (hands,) = by_mail([key("C1B2C3D4E5", "out1", at=T0 + timedelta(seconds=4))])
    assert len(hands) == 1 and len(hands[0].via) == 2


def test_unknown_users_met_behind_the_filter_count_for_the_login(tmp_path):
    put(tmp_path, LINES)
    assert dict(Submission.objects.values_list("login", "unknown_users")) == {"u1": 2, "": 2}


def test_a_short_id_fits_only_its_host_and_time(tmp_path):
    put(tmp_path, LINES)
    assert by_mail([key("A1B2C3D4E5", "smtp2", at=T0)]) == [[]]
    assert by_mail([key("A1B2C3D4E5", "smtp1", at=T0 + timedelta(hours=1))]) == [[]]
    assert by_mail([key("A1B2C3D4E5", "smtp1")]) == [[]]


def test_the_same_short_id_later_is_another_mail(tmp_path):
    again = LINES.replace("2026-10-01T00", "2026-10-03T07").replace("username=u1", "username=u2").replace("m1@", "m2@")
    put(tmp_path, LINES + again)
    assert [h.login for h in by_mail([key("A1B2C3D4E5", "smtp1", at=T0)])[0]] == ["u1"]
    assert [h.login for h in by_mail([key("A1B2C3D4E5", "smtp1", at=T0 + timedelta(days=2, hours=7))])[0]] == ["u2"]


def test_both_ids_must_be_of_one_mail(tmp_path):
    put(tmp_path, LINES)
    assert by_mail([key("A1B2C3D4E5", "smtp1", "other@isp.example", at=T0)]) == [[]]
    assert len(by_mail([key("A1B2C3D4E5", "smtp1", "m1@isp.example", at=T0)])[0]) == 1


@pytest.mark.parametrize("cut", range(1, 11))
def test_a_log_that_grows_gives_the_same_rows_wherever_it_was_cut(tmp_path, cut):
    put(tmp_path, LINES)
    whole, links = rows(), Handover.objects.count()
    from sekimori.submissions.models import LogMark

    for model in (Submission, Handover, LogMark):
        model.objects.all().delete()
    lines = LINES.splitlines(keepends=True)
    first = "".join(lines[:cut])
    put(tmp_path, first)
    put(tmp_path, first)
    put(tmp_path, first + lines[cut][:20] if cut < len(lines) else first)  # half a line
    tally = put(tmp_path, LINES)
    assert tally.read == len(lines) - cut
    assert put(tmp_path, LINES).read == 0
    assert (rows(), Handover.objects.count()) == (whole, links)


def test_rotation_and_compression_read_nothing_twice(tmp_path):
    put(tmp_path, LINES)
    whole = rows()
    assert put(tmp_path, LINES, "mail.log.1").read == 0
    assert put(tmp_path, gzip.compress(LINES.encode()), "mail.log.2.gz").read == 0
    assert rows() == whole
    # The next day's log goes on with the mail of the day before.
    put(tmp_path, "2026-10-01T00:00:06Z smtp1 postfix/qmgr[1]: FFFFFF0123: removed\n", "mail.log")
    assert rows() == whole


def test_a_log_of_two_files_in_one_is_not_doubled(tmp_path):
    first, second = LINES[:LINES.index("2026-10-01T00:00:02Z")], LINES[LINES.index("2026-10-01T00:00:02Z"):]
    put(tmp_path, first, "a.log")
    put(tmp_path, second, "b.log")
    apart = rows()
    put(tmp_path, "2026-09-30T00:00:00Z smtp1 postfix/qmgr[1]: FFFFFF0123: removed\n" + LINES, "both.log")
    assert rows() == apart


def test_damage_is_counted_and_nothing_else_is_lost(tmp_path):
    text = "garbage\n" + "x" * (LINE_MAX + 1) + "\n" + LINES.splitlines()[0].replace("2026-10", "2026-99") + "\n" + LINES
    tally = put(tmp_path, text)
    assert dict(tally.reasons) == {"not_syslog": 2, "line_too_long": 1} and len(rows()) == 2
    broken = gzip.compress(("".join(LINES) * 50).encode())[:-20]
    put(tmp_path, broken, "broken.gz")
    assert len(rows()) == 2


def test_a_last_line_without_line_feed_is_read_now(tmp_path):
    put(tmp_path, LINES.rstrip("\n"))
    before = rows()
    put(tmp_path, LINES)
    assert rows() == before


def test_sign_ins_and_uses(tmp_path):
    log = "2026-10-01T00:00:00Z imap1 dovecot: imap-login: Login: user=<u1>, method=PLAIN, rip=203.0.113.5, lip=198.51.100.1, session=<s>\n"
    assert put(tmp_path, log, kind="dovecot-log").stored == 1
    put(tmp_path, log + log, "again.log", kind="dovecot-log")
    assert SignIn.objects.count() == 1
    put(tmp_path, LINES)
    found = uses(["u1", "u2"], T0 - timedelta(days=1), T0 + timedelta(days=1), lambda a: a[12:14] == b"\xc6\x12")
    assert [(u.network, u.ours, u.recipients) for u in found["u1"]] == [("c612", True, 3), ("cb00", False, 0)]


def test_expiry_deletes_and_records(tmp_path, now):
    from sekimori.ledger.models import Entry

    put(tmp_path, LINES)
    assert store.expire(T0 + timedelta(seconds=1), BY, now) == 1
    assert [r[1] for r in rows()] == ["B1B2C3D4E5"]
    assert Entry.objects.filter(act="submissions.expired").count() == 1


@pytest.mark.parametrize(("stamp", "doubt"), [("Oct  1 03:00:00", None), ("Oct  1 12:00:20", "mail.log: the last line is +9 h from the file's last change"),
                                              ("Sep 30 18:00:00", "mail.log: the last line is -9 h from the file's last change"), ("Oct  1 02:20:00", None)])
def test_a_wrong_zone_shows_at_the_files_last_change(tmp_path, stamp, doubt):
    import os

    path = tmp_path / "mail.log"
    path.write_text(f"{stamp} smtp1 postfix/qmgr[1]: FFFFFF0123: removed\n")
    changed = (T0 + timedelta(hours=3)).timestamp()
    os.utime(path, (changed, changed))
    tally = load("postfix-log", [path], ours, UTC, T0 + timedelta(days=1), BY, Tally())
    assert (tally.extra["zone"], tally.extra.get("zone_doubt")) == ("UTC", doubt)


def test_a_submission_told_by_a_play(now):
    event = {"queue_id": "4ABC", "host": "smtp1", "message_id": "<m@x>", "login": "u1", "client": "203.0.113.5", "recipients": 120, "unknown_users": 3, "country": "ru"}
    for _ in range(2):
        record(event, now)
    row = Submission.objects.get()
    assert (row.message_id, row.recipients, row.unknown_users, row.country) == ("m@x", 120, 3, "RU")
    with pytest.raises(ValueError, match="client"):
        record(event | {"client": "home"}, now)
