"""Lists on disk, the policy service's answers, RADIUS packets, signatures: without servers."""

import hashlib
import hmac
import http.server
import json
import struct
import subprocess
import sys
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekimori.enforcement.actuators.loginlist import LoginList
from sekimori.enforcement.actuators.postfix.policyd import Policy
from sekimori.enforcement.actuators.radius import coa
from sekimori.enforcement.actuators.webhook.actuator import Webhook, sign
from sekimori.values.outcomes import Outage

from .conftest import HELPER, order


def lines(logins):
    return "".join(f"{x}\n" for x in logins)


def test_a_login_stays_listed_while_any_order_wants_it(tmp_path):
    found = LoginList(tmp_path / "a" / "list", lines)
    found.add(["u1", "u2"], "brake")
    found.add(["u1"], "restrict")
    found.add(["u1"], "restrict")
    found.remove(["u1", "u2"], "brake")
    found.remove(["u1", "u2"], "brake")
    assert found.logins() == {"u1"}
    assert (tmp_path / "a" / "list").read_text() == "u1\n"
    found.remove(["u1"], "restrict")
    assert (tmp_path / "a" / "list").read_text() == ""


def test_what_equipment_reads_is_never_half_written(tmp_path):
    found = LoginList(tmp_path / "list", lines)
    stop = threading.Event()
    torn = []

    def read():
        while not stop.is_set():
            text = (tmp_path / "list").read_text() if (tmp_path / "list").exists() else ""
            if text and not text.endswith("\n"):
                torn.append(text)

    reader = threading.Thread(target=read)
    reader.start()
    writers = [threading.Thread(target=lambda n=n: [found.add([f"user{n}-{i}"], "o") for i in range(25)]) for n in range(4)]
    for w in writers:
        w.start()
    for w in writers:
        w.join()
    stop.set()
    reader.join()
    assert not torn
    assert len(found.logins()) == 100


def test_the_policy_service_refuses_listed_logins_and_fails_open(tmp_path):
    path = tmp_path / "logins"
    policy = Policy(path)
    ask = {"sasl_username": "U1@isp.example"}
    assert policy.answer(ask, 0) == "DUNNO"
    path.write_text("u1@isp.example REJECT x\n")
    assert policy.answer(ask, 1).startswith("REJECT 5.7.1")
    assert policy.answer({"sasl_username": "u2@isp.example"}, 1) == "DUNNO"
    assert policy.answer({}, 1) == "DUNNO"
    path.unlink()
    assert policy.answer(ask, 2) == "DUNNO"
    path.mkdir()
    assert policy.answer(ask, 3) == "DUNNO"


def test_a_milder_restriction_slows_down(tmp_path):
    (tmp_path / "l").write_text("u1 REJECT\n")
    policy = Policy(tmp_path / "l", per_hour=3)
    answers = [policy.answer({"sasl_username": "u1"}, t) for t in (0, 1, 2, 3)]
    assert [a.split()[0] for a in answers] == ["DUNNO", "DUNNO", "DUNNO", "DEFER"]
    assert policy.answer({"sasl_username": "u1"}, 3601.5) == "DUNNO"


def test_radius_packets_follow_the_rfcs():
    secret = b"s3cret"
    raw = coa.packet(coa.DISCONNECT_REQUEST, 7, coa.text(coa.USER_NAME, "u1@isp.example"), secret)
    assert struct.unpack("!BBH", raw[:4]) == (40, 7, len(raw))
    blank = raw[:4] + b"\0" * 16 + raw[20:]
    assert raw[4:20] == hashlib.md5(blank + secret).digest()  # RFC 2866 §3
    unsigned = blank[:-16] + b"\0" * 16
    assert raw[-16:] == hmac.new(secret, unsigned, hashlib.md5).digest()  # RFC 2869 §5.14


def reply(request, secret, code, attributes=b""):
    head = struct.pack("!BBH", code, request[1], 20 + len(attributes))
    return head + hashlib.md5(head + request[4:20] + attributes + secret).digest() + attributes


def test_only_genuine_replies_count():
    secret = b"s3cret"
    request = coa.packet(coa.COA_REQUEST, 1, b"", secret)
    assert coa.parse(reply(request, secret, coa.COA_ACK), request, secret) == coa.Reply(coa.COA_ACK, 0)
    cause = struct.pack("!BBI", coa.ERROR_CAUSE, 6, 503)
    assert coa.parse(reply(request, secret, coa.COA_NAK, cause), request, secret) == coa.Reply(coa.COA_NAK, 503)
    assert coa.parse(reply(request, b"other", coa.COA_ACK), request, secret) is None
    assert coa.parse(b"", request, secret) is None


@given(st.binary(max_size=200))
def test_any_octets_are_no_reply(raw):
    request = coa.packet(coa.COA_REQUEST, 1, b"", b"s")
    assert coa.parse(raw, request, b"s") is None


@pytest.mark.parametrize("arguments", [[], ["rm"], ["postfix-hold"], ["postfix-hold", "../x"], ["postfix-hold", "-r"], ["dovecot-kick", "*"], ["dovecot-kick", "a b"],
                                       ["dovecot-who", "-A"], ["dovecot-kick", "a", "b"], ["radius-reload", "x"], ["dovecot-exec", "a"]])
def test_the_root_helper_knows_nothing_but_its_verbs(arguments):
    done = subprocess.run([sys.executable, str(HELPER), *arguments], capture_output=True, text=True, timeout=20)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


class Sink(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.seen.append((dict(self.headers), body))
        status, answer = self.server.answer
        self.send_response(status)
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


@pytest.fixture
def hook(equipment):
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Sink) as server:
        server.seen, server.answer = [], (200, b'{"done": true, "verified": true, "note": "line 7"}')
        threading.Thread(target=server.serve_forever, daemon=True).start()
        equipment(webhook_url=f"http://127.0.0.1:{server.server_address[1]}/orders", webhook_secret="topsecret")
        yield server
        server.shutdown()


def test_a_webhook_is_signed_idempotent_and_holds_no_name(hook):
    done = Webhook().apply(order("suspend_line", "u1@isp.example"))
    assert (done.verified, done.note) == (True, "line 7")
    headers, body = hook.seen[0]
    stamp = headers["X-Sekimori-Signature"].split(",")[0][2:]
    assert headers["X-Sekimori-Signature"] == sign("topsecret", stamp, body)
    assert headers["Idempotency-Key"] == "m1/apply"
    assert json.loads(body) == {"act": "apply", "key": "m1", "step": "suspend_line", "access": "pppoe", "logins": ["u1@isp.example"], "contract": "h1"}
    assert Webhook().undo(order("suspend_line", "u1")).note != ""


@pytest.mark.parametrize(("answer", "permanent"), [((500, b""), False), ((429, b""), False), ((404, b""), True), ((200, b'{"done": false}'), False)])
def test_a_webhook_that_does_not_do_it_is_an_outage(hook, answer, permanent):
    hook.answer = answer
    with pytest.raises(Outage) as e:
        Webhook().apply(order("suspend_line", "u1"))
    assert e.value.permanent is permanent


def test_a_webhook_without_words_is_done_but_unverified(hook):
    hook.answer = (204, b"")
    assert not Webhook().apply(order("terminate", "u1")).verified
