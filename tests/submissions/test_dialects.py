"""Mail logs in other shapes: collectors' heads, journald, containers, names with spaces, filters that re-inject, changed login formats."""

import random
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekimori.submissions import dovecot, postfix
from sekimori.submissions.records import Counts
from sekimori.submissions.syslog import Reader
from sekimori.submissions.wrapped import plain
from sekimori.values.clock import from_micros

NOON = datetime(2026, 10, 1, 3, tzinfo=UTC)
SMTPD = "postfix/submission/smtpd[9]: "
SENT = "A1B2C3D4E5: client=home[203.0.113.5], sasl_method=PLAIN, sasl_username=u1"


def near(address):
    return address.startswith(("127.", "10."))


def feed(kind, text, now=datetime(2026, 10, 5, tzinfo=UTC)):
    reader, counts = Reader(now, ZoneInfo("Asia/Tokyo")), Counts()
    a = postfix.Assembler(reader, near, counts) if kind == "postfix" else dovecot.Assembler(reader, counts)
    for line in text.split("\n"):
        a.feed(line)
    return a.take(), counts


@pytest.mark.parametrize(("line", "host"), [
    (f"2026-10-01T12:00:00+0900 mx1.lax {SMTPD}{SENT}", "mx1.lax"),
    (f"Oct 1 12:00:00 mail1 {SMTPD}{SENT}", "mail1"),
    (f"Oct  1 2026 12:00:00 mail1 {SMTPD}{SENT}", "mail1"),
    (f"Oct  1 12:00:00 2026 mail1 {SMTPD}{SENT}", "mail1"),
    (f"Oct  1 12:00:00 JST mail1 {SMTPD}{SENT}", "mail1"),
    (f"Oct  1 03:00:00 UTC mail1 {SMTPD}{SENT}", "mail1"),
    (f"2026-10-01 12:00:00.123 JST mail1 {SMTPD}{SENT}", "mail1"),
    (f"[2026-10-01T12:00:00+09:00] mail1 {SMTPD}{SENT}", "mail1"),
    (f"Oct  1 12:00:00 mail1 mail.info {SMTPD}{SENT}", "mail1"),
    (f"Thu Oct  1 12:00:00 2026 mail1 {SMTPD}{SENT}", "mail1"),
    (f"2026-10-01T03:00:00.123Z\tmail1\tpostfix/submission/smtpd[9]:\t{SENT}", "mail1"),
    (f"<22>1 2026-10-01T12:00:00.5+09:00 smtp2 postfix/submission/smtpd 4711 - - {SENT}", "smtp2"),
    (f'<22>1 2026-10-01T12:00:00+09:00 smtp2 postfix/submission/smtpd 4711 ID7 [meta sequenceId="1"][origin ip="10.0.0.1"] \ufeff{SENT}', "smtp2"),
    (f'{{"log":"Oct  1 12:00:00 mail1 {SMTPD}{SENT}\\n","stream":"stdout","time":"2026-10-01T03:00:00.1Z"}}', "mail1"),
    (f'{{"@timestamp":"x","message":"Oct  1 12:00:00 mail1 {SMTPD}{SENT}"}}', "mail1"),
    (f'{{"__REALTIME_TIMESTAMP":"1790823600123456","_HOSTNAME":"mail1","SYSLOG_IDENTIFIER":"postfix/submission/smtpd","MESSAGE":"{SENT}"}}', "mail1"),
    (f'{{"__REALTIME_TIMESTAMP":"1790823600123456","_HOSTNAME":"mail1","SYSLOG_IDENTIFIER":"postfix/submission/smtpd","MESSAGE":{list(SENT.encode())}}}', "mail1"),
    (f"2026-10-01T12:00:00+09:00 node7 docker/postfix[1]: Oct  1 03:00:00 mail1 {SMTPD}{SENT}", "mail1"),
])
def test_heads(line, host):
    (mails, _), counts = feed("postfix", line)
    [mail] = mails
    assert (mail.host, mail.queue_id, mail.login, mail.client) == (host, "A1B2C3D4E5", "u1", "203.0.113.5")
    assert abs((from_micros(mail.first) - NOON).total_seconds()) < 1 and not counts.refused


def test_a_zone_word_counts_before_the_zone_of_the_host_and_the_year_turns():
    (mails, _), _ = feed("postfix", f"Dec 31 20:00:00 UTC m {SMTPD}{SENT}", datetime(2027, 1, 1, 2, tzinfo=UTC))
    assert from_micros(mails[0].first) == datetime(2026, 12, 31, 20, tzinfo=UTC)


@pytest.mark.parametrize(("fields", "login"), [
    ("sasl_username=taro yamada", "taro yamada"),
    ("sasl_username=山田@isp.example, sasl_sender=x@y", "山田@isp.example"),
    ('sasl_username="a,b", orig_queue_id=4F00A12345, orig_client=home[203.0.113.5]', '"a,b"'),
    ("sasl_username=u@isp.example, orig_client=unknown[203.0.113.5]", "u@isp.example"),
])
def test_names_are_whole_or_the_line_is_refused(fields, login):
    """A part of a name may be another member's."""
    (mails, _), _ = feed("postfix", f"Oct  1 12:00:00 m {SMTPD}A1B2C3D4E5: client=h[203.0.113.5]:50000, sasl_method=LOGIN, {fields}")
    assert mails[0].login == login


@pytest.mark.parametrize("body", [
    "A1B2C3D4E5: client=home, sasl_method=PLAIN, sasl_username=u1",
    "A1B2C3D4E5: client=h[203.0.113.5], sasl_method=PLAIN, sasl_username=",
    "A1B2C3D4E5: client=h[fe80::1%eth0], sasl_method=PLAIN, sasl_username=u1",
    "client=h[203.0.113.5], sasl_method=PLAIN, sasl_username=u1",
])
def test_a_members_mail_in_unknown_words_is_refused_not_passed_by(body):
    (mails, _), counts = feed("postfix", f"Oct  1 12:00:00 m {SMTPD}{body}")
    assert not mails and counts.refused == {"unknown_form": 1} and counts.kept


def test_filters_that_re_inject():
    (mails, handed), counts = feed("postfix", f"""\
Oct  1 12:00:00 m {SMTPD}{SENT}
Oct  1 12:00:01 m postfix/cleanup[9]: A1B2C3D4E5: message-id=<a b@x>
Oct  1 12:00:02 m postfix/amavis/smtp[9]: A1B2C3D4E5: to=<x@y>, relay=127.0.0.1[127.0.0.1]:10024, dsn=2.0.0, status=sent (250 2.0.0 from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as B1B2C3D4E5)
Oct  1 12:00:02 m postfix/smtpd[9]: B1B2C3D4E5: client=localhost[127.0.0.1], orig_queue_id=A1B2C3D4E5, orig_client=home[203.0.113.5]
Oct  1 12:00:03 m opendkim[9]: B1B2C3D4E5: DKIM-Signature field added (s=k, d=isp.example)
Oct  1 12:00:03 m rspamd[9]: <ab>; proxy; rspamd_task_write_log: id: <x>, qid: <B1B2C3D4E5>
Oct  1 12:00:04 m postfix/lmtp[9]: B1B2C3D4E5: to=<z@isp.example>, relay=m[private/dovecot-lmtp], dsn=2.0.0, status=sent (250 2.0.0 <z> x Saved)
Oct  1 12:00:04 m postfix/smtpd[9]: warning: unknown[203.0.113.5]: SASL LOGIN authentication failed: x
Oct  1 12:00:04 m postfix/smtpd[9]: NOQUEUE: reject: RCPT from h[203.0.113.5]: 554 5.7.1; from=<a> to=<b> proto=ESMTP helo=<c> sasl_username=<u1>""")
    first, second = mails
    assert (first.login, first.message_id, second.parent_queue_id) == ("u1", "a b@x", "A1B2C3D4E5")
    assert [(h.queue_id, h.child_queue_id) for h in handed] == [("A1B2C3D4E5", "B1B2C3D4E5")]
    assert not counts.refused


@pytest.mark.parametrize(("line", "want"), [
    ("Oct  1 12:00:00 m dovecot: submission-login: Login: user=<u1@isp.example>, method=PLAIN, rip=203.0.113.5, lip=10.0.0.1, mpid=7, TLS, session=<a+b/c>",
     ("m", "submission", "u1@isp.example", "203.0.113.5")),
    ("2026-10-01T12:00:00+09:00 m dovecot[77]: imap-login: Logged in: user=<u2>, method=PLAIN, rip=2001:db8:5::1, lip=::1, session=<x>", ("m", "imap", "u2", "2001:db8:5::1")),
    ("Oct 01 12:00:00 pop3-login: Info: Login: user=<taro yamada>, method=PLAIN, rip=203.0.113.5, lip=10.0.0.1", ("", "pop3", "taro yamada", "203.0.113.5")),
    ("Oct  1 12:00:00 m dovecot: managesieve-login: Login: rip=203.0.113.5:51234, lip=10.0.0.1:4190, user=<u3>", ("m", "managesieve", "u3", "203.0.113.5")),
    ("Oct  1 12:00:00 m dovecot: imap-login: Login: user=<u4>, rip=[2001:db8:5::1]:51234, TLSv1.3 with cipher X (256/256 bits)", ("m", "imap", "u4", "2001:db8:5::1")),
    ("Oct  1 12:00:00 m dovecot: imap-login: proxy(u9): started proxying to 10.0.0.2:143: user=<u9>, method=PLAIN, rip=203.0.113.5, lip=10.0.0.1", ("m", "imap", "u9", "203.0.113.5")),
    ("Oct  1 12:00:00 m dovecot: imap-login: Login: user=<山田>, method=PLAIN, rip=::ffff:203.0.113.5, lip=10.0.0.1", ("m", "imap", "山田", "203.0.113.5")),
    ('{"__REALTIME_TIMESTAMP":"1790823600123456","_HOSTNAME":"m","SYSLOG_IDENTIFIER":"dovecot","MESSAGE":"imap-login: Login: user=<u8>, rip=203.0.113.5, session=<x>"}',
     ("m", "imap", "u8", "203.0.113.5")),
    ('{"log":"Oct 01 12:00:00 imap-login: Info: Login: user=\\u003cu7\\u003e, rip=203.0.113.5\\n","stream":"stderr"}', ("", "imap", "u7", "203.0.113.5")),
])
def test_sign_ins(line, want):
    found, counts = feed("dovecot", line)
    assert [(s.host, s.service, s.login, s.client) for s in found] == [want] and not counts.refused
    assert abs((from_micros(found[0].time) - NOON).total_seconds()) < 1


@pytest.mark.parametrize(("body", "why"), [
    ("imap-login: Login: 203.0.113.5 u5 PLAIN", "no_user"), ("imap-login: Login: user=<u5>, method=PLAIN", "no_address"),
    ("submission-login: Login: user=<>, method=PLAIN, rip=203.0.113.5", "no_user"),
    ("imap-login: Login: user=<u5>, rip=gateway, lip=10.0.0.1", "no_address"), ("imap-login: Login: user=<u5>, rip=1.2.3.999", "no_address"),
])
def test_a_success_in_a_format_of_the_sites_own_is_refused_not_passed_by(body, why):
    found, counts = feed("dovecot", f"Oct  1 12:00:00 m dovecot: {body}")
    assert found == [] and counts.refused == {why: 1}


def test_failures_and_deliveries_are_no_sign_ins():
    found, counts = feed("dovecot", """\
Oct  1 12:00:00 m dovecot: imap-login: Disconnected (auth failed, 3 attempts in 9 secs): user=<u1>, method=PLAIN, rip=203.0.113.5, lip=10.0.0.1
Oct  1 12:00:00 m dovecot: imap-login: Aborted login: user=<u1>, rip=203.0.113.5
Oct  1 12:00:00 m dovecot: lmtp(u1)<12><x>: msgid=<a@b>: saved mail to INBOX""")
    assert found == [] and not counts.refused and counts.ignored == 3


@given(st.integers(0, 2**31), st.sampled_from(["postfix", "dovecot"]))
def test_damaged_lines_are_read_refused_or_ignored(seed, kind):
    rnd = random.Random(seed)
    line = rnd.choice([f"Oct  1 12:00:00 m {SMTPD}{SENT}", f'{{"log":"Oct  1 12:00:00 m {SMTPD}{SENT}"}}', "Thu Oct 11 12:00:00 2026 UTC m dovecot: imap-login: Login: user=<u>, rip=::1",
                       '{"__REALTIME_TIMESTAMP":"1790823600123456","_HOSTNAME":"m","SYSLOG_IDENTIFIER":"postfix/smtpd","MESSAGE":[1,2,300]}'])
    for _ in range(rnd.randrange(4)):
        at = rnd.randrange(len(line) + 1)
        line = line[:at] + rnd.choice(["", "[", "]", "{", '"', "99", "\0", "<", "\ufeff", " ", "\t", "é"]) + line[at + rnd.randrange(4):]
    _, counts = feed(kind, line)
    assert counts.read == 1


@pytest.mark.parametrize("text", ["{", "{}", "[1]", '{"MESSAGE":1}', '{"MESSAGE":[999]}', '{"MESSAGE":"x","__REALTIME_TIMESTAMP":"9999999999999999999"}', '{"log":7}', "{" * 60_000])
def test_json_without_a_line(text):
    assert plain(text) is None
