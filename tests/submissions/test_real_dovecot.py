"""A real Dovecot: its own log file names who signed in from where; a failed attempt is no sign-in."""

import contextlib
import imaplib
import time
from datetime import UTC, datetime

import pytest

import dovecot
from sekimori.submissions.loading import load
from sekimori.submissions.models import SignIn
from sekimori.values.actors import Actor
from sekimori.values.addresses import packed, parse_address
from sekimori.values.loads import Tally
from support import need

pytestmark = [pytest.mark.servers, pytest.mark.slow, pytest.mark.django_db]


def test_sign_ins_of_its_own_log(tmp_path):
    need("dovecot", dovecot.usable())
    server = dovecot.Dovecot()
    try:
        for user, password in (("u1@isp.example", "secret"), ("u2", "secret"), ("u3", "wrong")):
            client = imaplib.IMAP4("127.0.0.1", server.port)
            with contextlib.suppress(imaplib.IMAP4.error):
                client.login(user, password)
            client.shutdown()
        log, end = server.folder / "log", time.monotonic() + 10
        while time.monotonic() < end and "user=<u3>" not in log.read_text():
            time.sleep(0.1)
        path = tmp_path / "dovecot.log"
        path.write_text(log.read_text())
    finally:
        server.close()
    tally = load("dovecot-log", [path], lambda a: False, UTC, datetime.now(UTC), Actor("command", "test"), Tally(), "imap1")
    assert tally.refused == 0, path.read_text()
    rows = SignIn.objects.order_by("login").values_list("login", "service", "host", "client", "time")
    assert [(r[0], r[1], r[2], bytes(r[3])) for r in rows] == [
        ("u1@isp.example", "imap", "imap1", packed(parse_address("127.0.0.1"))), ("u2", "imap", "imap1", packed(parse_address("127.0.0.1")))], path.read_text()
    assert all(r[4].year >= 2026 for r in rows)
