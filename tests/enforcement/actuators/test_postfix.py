"""A real Postfix: a restricted login is refused at once, its queued mail is held, and both come back."""

import base64
import smtplib
import socketserver
import subprocess
import sys
import threading
import time
from datetime import timedelta

import pytest

import postfix
from sekimori.enforcement.actuators.postfix.actuator import Postfix, ask
from sekimori.ledger.models import Entry
from sekimori.submissions.models import Submission
from sekimori.values.clock import SetClock
from sekimori.values.outcomes import Outage
from sekimori.work import clock as work_clock
from sekimori.work.clock import shared
from support import need
from wire import free_port

from .conftest import order

pytestmark = [pytest.mark.servers, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


class Auth(socketserver.StreamRequestHandler):
    """Dovecot's authentication protocol as far as Postfix speaks it: every password is right."""

    def handle(self):
        self.wfile.write(b"VERSION\t1\t1\nMECH\tPLAIN\tplaintext\nSPID\t1\nCUID\t1\nCOOKIE\t00112233445566778899aabbccddeeff\nDONE\n")
        for line in self.rfile:
            words = line.decode().rstrip("\n").split("\t")
            if words[0] == "AUTH":
                user = base64.b64decode(next(w[5:] for w in words if w.startswith("resp="))).split(b"\0")[1].decode()
                self.wfile.write(f"OK\t{words[1]}\tuser={user}\n".encode())


@pytest.fixture
def server(equipment):
    need("postfix", postfix.usable())
    auth = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Auth)
    auth.daemon_threads, auth.block_on_close = True, False
    threading.Thread(target=auth.serve_forever, daemon=True).start()
    policy, submission = free_port(), free_port()
    folder = equipment(policy_listen=f"127.0.0.1:{policy}")
    code = f"from pathlib import Path; from sekimori.enforcement.actuators.postfix.policyd import Policy, run; run(Policy(Path({str(folder)!r}) / 'postfix' / 'logins'), '127.0.0.1', {policy})"
    daemon = subprocess.Popen([sys.executable, "-c", code])
    services = f"""
127.0.0.1:{submission} inet n - n - - smtpd
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_sasl_type=dovecot
  -o smtpd_sasl_path=inet:127.0.0.1:{auth.server_address[1]}
  -o smtpd_sasl_security_options=noanonymous
  -o smtpd_recipient_restrictions=check_policy_service,inet:127.0.0.1:{policy},permit_sasl_authenticated,reject
  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
"""
    running = postfix.Postfix(f"smtp:[127.0.0.1]:{free_port()}", more=f"default_transport = smtp:[127.0.0.1]:{free_port()}", services=services)
    (folder / "helper.conf").write_text(f"postfix_conf = {running.etc}\n")
    end = time.monotonic() + 15
    while time.monotonic() < end:
        try:
            ask("u")
            break
        except Outage:
            time.sleep(0.1)
    running.submission = submission
    yield running
    running.close()
    daemon.terminate()
    daemon.wait(10)
    auth.shutdown()
    auth.server_close()


def submit(server, login):
    """Hand a mail in; returns its queue id. Raises SMTPRecipientsRefused."""
    with smtplib.SMTP("127.0.0.1", server.submission, timeout=30) as client:
        client.login(login, "x")
        client.mail(login)
        code, text = client.rcpt("someone@victim.example")
        if code != 250:
            raise smtplib.SMTPRecipientsRefused({"someone@victim.example": (code, text)})
        _, answer = client.data(b"Subject: x\r\n\r\nx\r\n")
        return answer.decode().rsplit(" ", 1)[1]


def test_refused_held_and_released(server):
    queue_id = submit(server, "u1@isp.example")
    mine = submit(server, "u2@isp.example")
    for login, q in (("u1@isp.example", queue_id), ("u2@isp.example", mine)):
        Submission.objects.create(host="mx", queue_id=q, login=login, time=shared().now(), source="t")
    done = Postfix().apply(order("restrict_mail", "u1@isp.example"))
    assert done.verified, done
    with pytest.raises(smtplib.SMTPRecipientsRefused) as e:
        submit(server, "u1@isp.example")
    assert e.value.recipients["someone@victim.example"][0] == 554
    submit(server, "u2@isp.example")
    held = [p.name for p in (server.folder / "spool" / "hold").rglob("*") if p.is_file()]
    assert held == [queue_id]
    assert Entry.objects.filter(act="protected.read", subject="case:K-1").exists()
    assert Postfix().apply(order("restrict_mail", "u1@isp.example")).verified  # repeated: one effect
    assert Postfix().undo(order("restrict_mail", "u1@isp.example")).verified
    assert not [p for p in (server.folder / "spool" / "hold").rglob("*") if p.is_file()]
    submit(server, "u1@isp.example")


def test_what_was_held_is_released_after_the_queue_s_life(server):
    """Postfix keeps what is on hold for ever: a restriction of 30 days ends long after the submission log's five."""
    begun = shared().now()
    queue_id = submit(server, "u1@isp.example")
    Submission.objects.create(host="mx", queue_id=queue_id, login="u1@isp.example", time=begun, source="t")
    Postfix().apply(order("brake", "u1@isp.example", key="b"))
    assert server.queue("hold") == [queue_id]
    work_clock.use(SetClock(begun + timedelta(days=6)))
    try:
        Postfix().apply(order("restrict_mail", "u1@isp.example", key="r"))
        Postfix().undo(order("brake", "u1@isp.example", key="b"))
        assert server.queue("hold") == [queue_id]
        work_clock.use(SetClock(begun + timedelta(days=36)))
        done = Postfix().undo(order("restrict_mail", "u1@isp.example", key="r"))
    finally:
        work_clock.use(None)
    assert done.verified and done.note == "1 mails released"
    assert server.queue("hold") == [] and server.queue() == [queue_id]
    assert Postfix().undo(order("restrict_mail", "u1@isp.example", key="r")).note == "0 mails released"


def test_an_order_beside_it_keeps_the_login_blocked(server):
    Postfix().apply(order("brake", "u1@isp.example", key="b"))
    Postfix().apply(order("restrict_mail", "u1@isp.example", key="r"))
    Postfix().undo(order("brake", "u1@isp.example", key="b"))
    assert ask("u1@isp.example").startswith("REJECT")
    Postfix().undo(order("restrict_mail", "u1@isp.example", key="r"))
    assert ask("u1@isp.example") == "DUNNO"


def test_a_policy_service_that_is_away_is_an_outage(equipment):
    equipment(policy_listen=f"127.0.0.1:{free_port()}")
    with pytest.raises(Outage):
        Postfix().apply(order("restrict_mail", "u1@isp.example"))
