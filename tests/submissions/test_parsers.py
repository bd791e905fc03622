"""Syslog heads, Postfix and Dovecot lines: pure parsers."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekimori.submissions import dovecot, postfix
from sekimori.submissions.records import Counts
from sekimori.submissions.syslog import Reader
from sekimori.values.clock import JST, from_micros

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
LONG = "4Dq3Yn2z8Kz9x7B"


def reader(reference=NOW, zone=UTC):
    return Reader(reference, zone)


def assembler(near=lambda a: a in ("127.0.0.1", "198.51.100.26"), reference=NOW, zone=UTC):
    return postfix.Assembler(reader(reference, zone), near, Counts())


def feed(text, **how):
    a = assembler(**how)
    for line in text.strip().splitlines():
        a.feed(line)
    mails, handed = a.take()
    return a, mails, handed


@pytest.mark.parametrize(("stamp", "want"), [
    ("2026-10-01T00:00:00.123456+00:00", datetime(2026, 10, 1, 0, 0, 0, 123456, UTC)),
    ("2026-10-01T09:00:00+0900", datetime(2026, 10, 1, tzinfo=UTC)),
    ("2026-10-01T00:00:00Z", datetime(2026, 10, 1, tzinfo=UTC)),
    ("2026-10-01 00:00:00,5", datetime(2026, 10, 1, 0, 0, 0, 500000, UTC)),
    ("Oct  1 00:00:00", datetime(2026, 10, 1, tzinfo=UTC)),
    ("Oct 01 00:00:00", datetime(2026, 10, 1, tzinfo=UTC)),
    ("Nov 24 03:00:05", datetime(2026, 11, 24, 3, 0, 5, tzinfo=UTC)),
    ("Nov 26 03:00:05", datetime(2025, 11, 26, 3, 0, 5, tzinfo=UTC)),
    ("Dec 31 23:59:59", datetime(2025, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ("Feb 29 10:00:00", datetime(2024, 2, 29, 10, tzinfo=UTC)),
])
def test_times(stamp, want):
    line = reader().read(f"{stamp} smtp1 postfix/smtpd[1]: text")
    assert line is not None and from_micros(line.time) == want
    assert (line.host, line.tag, line.text) == ("smtp1", "postfix/smtpd", "text")


def test_the_year_turns_within_a_file():
    r = reader(datetime(2027, 1, 1, 12, tzinfo=UTC))
    old, new = r.read("Dec 31 23:59:59 h postfix/qmgr[1]: x"), r.read("Jan  1 00:00:01 h postfix/qmgr[1]: x")
    assert (from_micros(new.time) - from_micros(old.time)) == timedelta(seconds=2)


def test_a_time_without_zone_is_in_the_zone_of_the_host():
    r = reader(zone=JST)
    assert from_micros(r.read("Oct  1 09:00:00 h postfix/qmgr[1]: x").time) == datetime(2026, 10, 1, tzinfo=UTC)
    assert r.assumed_zone
    summer = Reader(NOW, ZoneInfo("Europe/Berlin"))
    assert from_micros(summer.read("Jul  1 02:00:00 h postfix/qmgr[1]: x").time).hour == 0


@pytest.mark.parametrize("line", ["", "nothing", "Foo  1 00:00:00 h p[1]: x", "Oct 32 00:00:00 h p/x[1]: x", "Oct  1 25:00:00 h p/x[1]: x",
                                  "2026-13-01T00:00:00Z h p/x[1]: x", "9999-12-31T23:59:59-14:00 h p/x[1]: x"])
def test_what_is_no_syslog_line_is_none(line):
    assert reader().read(line) is None


def test_rfc5424_and_priority():
    r = reader()
    for text in ("<22>1 2026-10-01T00:00:00Z smtp1 postfix/smtpd 99 - - ABCDEF0123: client=x[192.0.2.1]", "<22>Oct  1 00:00:00 smtp1 postfix/smtpd[9]: ABCDEF0123: client=x[192.0.2.1]"):
        line = r.read(text)
        assert (line.host, line.tag, line.text) == ("smtp1", "postfix/smtpd", "ABCDEF0123: client=x[192.0.2.1]")


WHOLE = f"""
2026-10-01T00:00:00Z smtp1 postfix/submission/smtpd[1]: {LONG}: client=home[198.18.0.7]:50123, sasl_method=LOGIN, sasl_username=u1@isp.example
2026-10-01T00:00:00Z smtp1 postfix/cleanup[2]: {LONG}: message-id=<m1@isp.example>
2026-10-01T00:00:00Z smtp1 postfix/qmgr[3]: {LONG}: from=<u1@isp.example>, size=999, nrcpt=3 (queue active)
2026-10-01T00:00:01Z smtp1 postfix/smtp[4]: {LONG}: to=<a@example.com>, relay=mx.example.com[203.0.113.9]:25, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 ok queued as 4XYZ0000000z1)
2026-10-01T00:00:01Z smtp1 postfix/smtp[4]: {LONG}: to=<b@example.com>, relay=mx.example.com[203.0.113.9]:25, delay=1, delays=0/0/0/1, dsn=5.1.1, status=bounced (host said: 550 5.1.1 no such user)
2026-10-01T00:00:01Z smtp1 postfix/smtp[4]: {LONG}: to=<c@example.com>, relay=mx.example.com[203.0.113.9]:25, delay=1, delays=0/0/0/1, dsn=5.7.1, status=bounced (spam)
2026-10-01T00:00:02Z smtp1 postfix/qmgr[3]: {LONG}: removed
2026-10-01T00:00:03Z smtp1 postfix/smtpd[1]: NOQUEUE: reject: RCPT from x[192.0.2.3]: 554
2026-10-01T00:00:03Z smtp1 postfix/smtpd[1]: warning: hostname x does not resolve
2026-10-01T00:00:03Z smtp1 sshd[1]: session opened
"""


def test_one_mail_from_its_lines():
    a, mails, handed = feed(WHOLE)
    (m,) = mails
    assert (m.login, m.client, m.client_port, m.message_id) == ("u1@isp.example", "198.18.0.7", 50123, "m1@isp.example")
    assert (m.recipients, m.unknown_users, m.started) == (3, 1, True)
    assert from_micros(m.ended) == datetime(2026, 10, 1, 0, 0, 2, tzinfo=UTC)
    assert handed == []  # the other side is not ours
    assert (a.counts.read, a.counts.ignored, a.counts.refused) == (10, 3, {})


def test_queued_as_by_a_filter_on_the_same_host_and_by_another_relay():
    _, mails, handed = feed("""
Oct  1 00:00:00 smtp1 postfix/submission/smtpd[1]: A1B2C3D4E5: client=home[198.18.0.7], sasl_method=PLAIN, sasl_username=u1
Oct  1 00:00:01 smtp1 postfix/smtpd[2]: B1B2C3D4E5: client=localhost[127.0.0.1], orig_queue_id=A1B2C3D4E5, orig_client=home[198.18.0.7]
Oct  1 00:00:01 smtp1 postfix/smtp[3]: A1B2C3D4E5: to=<x@example.com>, relay=127.0.0.1[127.0.0.1]:10024, delay=1, dsn=2.0.0, status=sent (250 2.0.0 from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as B1B2C3D4E5)
Oct  1 00:00:02 smtp1 postfix/smtp[3]: B1B2C3D4E5: to=<x@example.com>, relay=out1.isp.example[198.51.100.26]:25, delay=1, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as C1B2C3D4E5)
Oct  1 00:00:02 mx postfix/smtpd[4]: D1B2C3D4E5: client=stranger[203.0.113.5]
Oct  1 00:00:02 mx postfix/cleanup[4]: D1B2C3D4E5: message-id=<inbound@example.net>
Oct  1 00:00:03 mx postfix/qmgr[4]: D1B2C3D4E5: removed
""")
    assert [(h.host, h.queue_id, h.relay, h.child_queue_id) for h in handed] == [
        ("smtp1", "A1B2C3D4E5", "", "B1B2C3D4E5"), ("smtp1", "B1B2C3D4E5", "out1.isp.example", "C1B2C3D4E5")]
    assert {m.queue_id: (m.login, m.parent_queue_id) for m in mails} == {"A1B2C3D4E5": ("u1", ""), "B1B2C3D4E5": ("", "A1B2C3D4E5")}


def test_a_short_id_used_again_is_another_mail():
    _, mails, _ = feed("""
Oct  1 00:00:00 smtp1 postfix/smtpd[1]: ABCDEF0123: client=a[198.18.0.7], sasl_username=u1
Oct  1 00:00:05 smtp1 postfix/smtpd[1]: ABCDEF0123: client=a[198.18.0.8], sasl_username=u2
Oct  1 00:00:06 smtp1 postfix/qmgr[1]: ABCDEF0123: removed
""")
    assert [m.login for m in mails] == ["u1", "u2"]


def test_a_web_form_and_lines_whose_beginning_is_elsewhere():
    _, mails, _ = feed("""
Oct  1 00:00:00 web1 postfix/pickup[1]: ABCDEF0123: uid=33 from=<www>
Oct  1 00:00:01 smtp1 postfix/qmgr[1]: ABCDEF9999: from=<u@isp.example>, size=1, nrcpt=7 (queue active)
""")
    assert {(m.source, m.started, m.recipients) for m in mails} == {("pickup", True, 0), ("smtpd", False, 7)}


def test_which_ids_are_long():
    assert postfix.is_long(LONG) and not postfix.is_long("0A1B2C3D4E5F")


line_parts = st.sampled_from(["Oct  1 00:00:00 ", "2026-10-01T00:00:00Z ", "smtp1 ", "postfix/", "submission/", "smtpd[1]: ", "qmgr[1]: ", "ABCDEF0123: ", LONG + ": ",
                              "client=x[198.18.0.7]", "client=[", "sasl_username=", "message-id=<", "to=<a@b>, ", "relay=h[127.0.0.1]:1, ", "dsn=5.1.1, ",
                              "status=bounced (", "queued as ", "removed", "nrcpt=99999999999", "imap-login: Login: user=<u>, rip=198.18.0.7", "\x00", "\ud800", "山"])


@given(st.lists(st.one_of(st.text(max_size=80), st.lists(line_parts, max_size=10).map("".join)), max_size=12))
def test_no_line_raises(lines):
    for a in (assembler(), dovecot.Assembler(reader(), Counts())):
        for line in lines:
            a.feed(line)
        a.take()
        assert a.counts.read == len(lines)


def test_a_hostile_line_costs_time_in_proportion_to_its_length():
    import time

    def cost(n):
        a = assembler()
        text = "Oct  1 00:00:00 smtp1 postfix/smtpd[1]: ABCDEF0123: client=" + "a[" * n + ", sasl_username=" * n
        started = time.process_time()
        for _ in range(20):
            a.feed(text)
        return time.process_time() - started

    cost(1000)
    assert cost(40_000) < 50 * max(cost(4_000), 0.0005)


def test_dovecot_sign_ins():
    a = dovecot.Assembler(reader(), Counts())
    for line in """
Oct  1 00:00:00 imap1 dovecot: imap-login: Login: user=<u1@isp.example>, method=PLAIN, rip=203.0.113.5, lip=198.51.100.1, mpid=7, TLS, session=<abc+/d>
2026-10-01T00:00:01.000000+00:00 imap1 dovecot: pop3-login: Info: Login: user=<u2>, method=PLAIN, rip=2001:db8::5, lip=::1, session=<x>
Oct 01 00:00:02 submission-login: Info: Login: user=<u3>, method=LOGIN, rip=198.18.0.9, lip=198.51.100.1, session=<y>
Oct  1 00:00:03 imap1 dovecot: imap-login: Disconnected (auth failed, 1 attempts in 2 secs): user=<u4>, method=PLAIN, rip=203.0.113.6, lip=198.51.100.1
Oct  1 00:00:04 imap1 dovecot: imap(u1)<7><abc>: Logged out in=1 out=2
Oct  1 00:00:05 imap1 dovecot: imap-login: Logged in: user=<u5>, method=PLAIN, rip=203.0.113.7, lip=198.51.100.1
""".strip().splitlines():
        a.feed(line)
    assert [(s.host, s.service, s.login, s.client, s.session) for s in a.take()] == [
        ("imap1", "imap", "u1@isp.example", "203.0.113.5", "abc+/d"), ("imap1", "pop3", "u2", "2001:db8::5", "x"),
        ("", "submission", "u3", "198.18.0.9", "y"), ("imap1", "imap", "u5", "203.0.113.7", "")]
    assert a.counts.ignored == 2


@pytest.mark.parametrize(("one", "other", "same"), [
    ("smtp1", "SMTP1.isp.example", True), ("smtp1.isp.example", "smtp1.isp.example.", True), ("smtp1.tokyo.isp.example", "smtp1.osaka.isp.example", False),
    ("smtp1", "smtp2", False)])
def test_names_of_one_host(one, other, same):
    from sekimori.submissions.lookup import same_host

    assert same_host(one, other) is same and same_host(other, one) is same
