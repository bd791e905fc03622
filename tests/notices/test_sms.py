"""Text messages: signed, idempotent, and silent about what they are about."""

import dataclasses
import hashlib
import hmac
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from notices_rows import case, contract, notice_for, run
from sekimori import settings as house
from sekimori.notices.models import Notice
from sekimori.notices.senders import sms
from sekimori.notices.stages import SendStage
from sekimori.settings.types import Sms
from sekimori.smtp.outgoing import Rejected
from sekimori.values.outcomes import Outage

pytestmark = pytest.mark.django_db


@pytest.fixture
def gateway():
    """A gateway on loopback that answers with `status` and remembers what it got."""
    got = []

    class Handler(BaseHTTPRequestHandler):
        status = 200

        def do_POST(self):
            got.append((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(Handler.status)
            self.end_headers()

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/sms", got, Handler
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def settings(folder, gateway):
    mine = dataclasses.replace(folder, sms=Sms(webhook_url=gateway[0], webhook_secret="s3cret"))
    house.use(mine)
    return mine


def test_a_member_without_mail_and_address_gets_a_text_message(settings, gateway, now):
    n = notice_for(case(now, holder=contract(email="", alt_email="", postal="", phone="09012345678")), now)
    assert n.channel == "sms" and n.to == "09012345678"
    run(SendStage(), now)
    ((headers, body),) = gateway[1]
    told = json.loads(body)
    assert told["to"] == "09012345678" and n.ref in told["text"] and "マイページ" in told["text"]
    assert "迷惑" not in told["text"] and "http" not in told["text"] and len(told["text"]) <= 100
    stamp, signed = (p.partition("=")[2] for p in headers["X-Sekimori-Signature"].split(","))
    assert signed == hmac.new(b"s3cret", stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    assert headers["Idempotency-Key"] == n.ref and Notice.objects.get(pk=n.pk).state == "sent"


@pytest.mark.parametrize(("status", "raises"), [(500, Outage), (429, Outage), (302, Outage), (400, Rejected), (404, Rejected)])
def test_what_the_gateway_answers(settings, gateway, now, status, raises):
    gateway[2].status = status
    n = notice_for(case(now, holder=contract(email="", alt_email="", postal="")), now)
    with pytest.raises(raises) as e:
        sms.send(n, settings, now)
    assert isinstance(e.value, Rejected) == (raises is Rejected)


def test_a_gateway_that_is_away_is_an_outage(settings, now):
    n = notice_for(case(now, holder=contract(email="", alt_email="", postal="")), now)
    gone = dataclasses.replace(settings, sms=Sms(webhook_url="http://127.0.0.1:1/", webhook_secret="x"))
    with pytest.raises(Outage):
        sms.send(n, gone, now)


def test_made_up_data_send_nothing(settings, gateway, now):
    n = notice_for(case(now, holder=contract(email="", alt_email="", postal="")), now)
    sms.send(n, dataclasses.replace(settings, synthetic=True), now)
    assert gateway[1] == []
