"""What goes over the wire: exact octets, one reply per recipient, 4xx for every fault of ours."""

from __future__ import annotations

import contextlib
import random
import re
import socket
import ssl
import subprocess
import time

import pytest

from sekimori.smtp.dotted import Dotted
from sekimori.smtp.limits import Gauge, Limits
from wire import Keeper, Wire, running


def test_the_banner_names_no_software():
    with running(Keeper(), lmtp=False) as port, Wire(port) as client:
        assert client.banner == b"220 door.example ESMTP\r\n"
        assert b"250-PIPELINING" in client.say(b"EHLO x")
        assert client.say(b"AUTH PLAIN x").startswith(b"500 ")
        assert client.say(b"EXPN x").startswith(b"500 ")
        assert client.say(b"VRFY root").startswith(b"252 2.1.5 ")
        assert client.say(b"QUIT").startswith(b"221 2.0.0 ")


def test_lmtp_takes_lhlo_only():
    with running(Keeper()) as port, Wire(port) as client:
        assert client.say(b"EHLO x").startswith(b"500 5.5.2")
        assert client.say(b"MAIL FROM:<a@b>").startswith(b"503 ")
        assert client.say(b"LHLO x").startswith(b"250-door.example")
    with running(Keeper(), lmtp=False) as port, Wire(port) as client:
        assert client.say(b"LHLO x").startswith(b"500 ")


@pytest.mark.parametrize("count", [1, 3, 100])
def test_lmtp_answers_once_per_recipient_in_order(count):
    keeper = Keeper()
    with running(keeper) as port, Wire(port) as client:
        recipients = [b"abuse%d@isp.example" % i for i in range(count)]
        answers = client.envelope(*recipients[:count // 2], b"unknown@isp.example", *recipients[count // 2:])
        assert sum(a.startswith(b"250 ") for a in answers[1:]) == count + 1
        assert sum(a.startswith(b"550 5.1.1 ") for a in answers) == 1
        keeper.replies = [f"250 2.0.0 {i}" if i % 2 else f"451 4.3.0 {i}" for i in range(count)]
        replies = client.data(b"x\r\n", count)
        assert [r.split()[-1] for r in replies] == [b"%d" % i for i in range(count)]
        assert client.say(b"NOOP").startswith(b"250 ")
    assert keeper.envelopes[0].rcpt_to == tuple(r.decode() for r in recipients)


def test_over_smtp_the_worst_outcome_is_the_answer():
    keeper = Keeper(replies=["250 2.0.0 a", "451 4.3.0 b", "550 5.0.0 c"])
    with running(keeper, lmtp=False) as port, Wire(port) as client:
        client.envelope(b"a@x", b"b@x", b"c@x", hello=b"EHLO")
        assert client.data(b"x\r\n") == [b"451 4.3.0 b\r\n"]


@pytest.mark.parametrize("lmtp", [True, False])
def test_an_error_inside_is_451_with_a_constant_text(lmtp):
    keeper = Keeper(fault=RuntimeError("password=hunter2"))
    with running(keeper, lmtp=lmtp) as port, Wire(port) as client:
        client.envelope(b"a@x", b"b@x", hello=b"LHLO" if lmtp else b"EHLO")
        replies = client.data(b"x\r\n", 2 if lmtp else 1)
        assert set(replies) == {b"451 4.3.0 Local error, try again later\r\n"}
        keeper.fault = None
        client.envelope(b"a@x", hello=b"LHLO" if lmtp else b"EHLO")
        assert client.data(b"x\r\n")[0].startswith(b"250 2.0.0 ")


@pytest.mark.parametrize("length", [998, 1000, 1001, 10_000, 1_000_000])
def test_lines_of_any_length_are_kept_octet_for_octet(length):
    keeper = Keeper()
    body = b"Subject: x\r\n\r\n" + b"y" * length + b"\r\nend\r\n"
    with running(keeper) as port, Wire(port) as client:
        client.envelope(b"a@x")
        assert client.data(body)[0].startswith(b"250 ")
    assert keeper.envelopes[0].raw == body


def test_dots_bare_line_ends_nul_and_eight_bit_octets_stay():
    keeper = Keeper()
    body = b"a: b\n\n.\n..\r\nc\rd\x00\xff\xfe\r\n.dot\r\n..two\r\n"
    with running(keeper) as port, Wire(port) as client:
        client.envelope(b"a@x")
        client.data((b"\r\n" + body).replace(b"\r\n.", b"\r\n..")[2:])
        client.envelope(b"a@x")
        client.data(b"")
    assert [e.raw for e in keeper.envelopes] == [body, b""]


@pytest.mark.parametrize("end", [b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\r\n.\r", b"\r\n\0.\r\n"])
@pytest.mark.parametrize("lmtp", [True, False])
def test_smuggling_gives_one_message(end, lmtp):
    keeper = Keeper()
    smuggled = b"MAIL FROM:<admin@isp.example>\r\nRCPT TO:<abuse@isp.example>\r\nDATA\r\nFrom: admin@isp.example\r\n\r\nforged\r\n"
    with running(keeper, lmtp=lmtp) as port, Wire(port) as client:
        client.envelope(b"abuse@isp.example", hello=b"LHLO" if lmtp else b"EHLO")
        assert client.data(b"Subject: x\r\n\r\nbody" + end + smuggled)[0].startswith(b"250 ")
        assert client.say(b"NOOP").startswith(b"250 ")
    assert [e.mail_from for e in keeper.envelopes] == ["reporter@example.com"]
    assert b"forged" in keeper.envelopes[0].raw


def test_pipelined_transactions_all_arrive():
    keeper = Keeper()
    one = b"MAIL FROM:<>\r\nRCPT TO:<a@x>\r\nRCPT TO:<b@x>\r\nDATA\r\nbody %d\r\n.\r\n"
    with running(keeper) as port, Wire(port) as client:
        client.send(b"LHLO x\r\n" + b"".join(one % i for i in range(5)) + b"QUIT\r\n")
        replies = [client.reply() for _ in range(1 + 5 * 6 + 1)]
        assert replies[-1].startswith(b"221 ")
    assert [e.raw for e in keeper.envelopes] == [b"body %d\r\n" % i for i in range(5)]
    assert {e.mail_from for e in keeper.envelopes} == {""}


def test_size_is_refused_before_data_and_at_its_end_and_counted():
    keeper, gauge = Keeper(), Gauge()
    with running(keeper, limits=Limits(max_bytes=1000), gauge=gauge) as port, Wire(port) as client:
        client.say(b"LHLO x")
        assert client.say(b"MAIL FROM:<a@b> SIZE=1001").startswith(b"552 5.3.4 ")
        assert client.say(b"MAIL FROM:<a@b> SIZE=99999999999999").startswith(b"552 ")
        assert client.say(b"MAIL FROM:<a@b> SIZE=x").startswith(b"501 ")
        client.envelope(b"a@x", b"b@x")
        assert client.data(b"x" * 999 + b"\r\n", 2)[0].startswith(b"552 5.3.4 ")
        client.envelope(b"a@x")
        assert client.data(b"x" * 998 + b"\r\n")[0].startswith(b"250 ")
    assert len(keeper.envelopes) == 1
    assert gauge.oversize == 3
    assert gauge.octets == 0


def test_a_bug_while_reading_data_never_turns_the_rest_into_commands(monkeypatch):
    keeper = Keeper()
    monkeypatch.setattr(Dotted, "feed", lambda *_: 1 / 0)
    with running(keeper) as port:
        client = Wire(port)
        client.envelope(b"a@x")
        client.say(b"DATA")
        client.send(b"x\r\nRSET\r\nMAIL FROM:<b@c>\r\n.\r\n")
        with contextlib.suppress(ConnectionResetError):
            assert client.socket.recv(100) == b""
        client.close()
    assert not keeper.envelopes


def test_a_message_that_never_ends_is_hung_up_on():
    gauge = Gauge()
    with running(Keeper(), limits=Limits(max_bytes=100_000), gauge=gauge) as port, Wire(port) as client:
        client.envelope(b"a@x")
        client.say(b"DATA")
        with pytest.raises(OSError):
            for _ in range(1000):
                client.send(b"x" * 100_000)
        time.sleep(0.2)
        assert gauge.octets == 0
        with Wire(port) as other:
            other.envelope(b"a@x")
            assert other.data(b"fine\r\n")[0].startswith(b"250 ")


def test_recipients_are_capped_and_harvesters_are_hung_up_on():
    with running(Keeper(), limits=Limits(max_recipients=5)) as port:
        with Wire(port) as client:
            answers = client.envelope(*[b"r%d@x" % i for i in range(7)])
            assert [a[:9] for a in answers[-2:]] == [b"452 4.5.3"] * 2
            assert len(client.data(b"x\r\n", 5)) == 5
        with Wire(port) as client:
            client.say(b"LHLO x")
            client.say(b"MAIL FROM:<a@b>")
            answers = [client.say(b"RCPT TO:<unknown%d@x>" % i) for i in range(50)]
            assert all(a.startswith(b"550 ") for a in answers)
            assert client.reply().startswith(b"421 ")
            assert client.socket.recv(1) == b""


def test_wrong_order_and_wrong_syntax():
    with running(Keeper(), lmtp=False) as port, Wire(port) as client:
        assert client.say(b"HELO x").startswith(b"250 door.example")
        assert client.say(b"RCPT TO:<a@b>").startswith(b"503 5.5.1 ")
        assert client.say(b"DATA").startswith(b"503 5.5.1 ")
        assert client.say(b"MAIL FROM:<a b>").startswith(b"501 ")
        assert client.say(b"MAIL FROM:<a@b> X=Y").startswith(b"555 ")
        assert client.say(b"MAIL FROM:<a@b>").startswith(b"250 ")
        assert client.say(b"MAIL FROM:<a@b>").startswith(b"503 ")
        assert client.say(b"RCPT TO:<>").startswith(b"501 ")
        assert client.say(b"DATA").startswith(b"503 ")
        assert client.say(b"RSET").startswith(b"250 ")
        assert client.say(b"RCPT TO:<a@b>").startswith(b"503 ")
        assert client.say(b"x" * 3000).startswith(b"500 ")
        assert client.say(b"\xff\xfe\x1b").startswith(b"500 ")
        assert client.say(b"MAIL FROM:<\xff\xfe@b>").startswith(b"250 ")


def test_connections_are_capped_per_peer():
    with running(Keeper(), limits=Limits(connections_per_peer=3)) as port:
        clients = [Wire(port) for _ in range(3)]
        with Wire(port) as fourth:
            assert fourth.banner.startswith(b"421 4.7.0 ")
        clients.pop().close()
        time.sleep(0.2)
        with Wire(port) as again:
            assert again.banner.startswith(b"220 ")
        for client in clients:
            client.close()


def test_memory_of_unfinished_mail_is_capped():
    gauge, limits = Gauge(), Limits(memory_bytes=400_000)
    with running(Keeper(), limits=limits, gauge=gauge) as port, Wire(port) as hoarder, Wire(port) as other:
        hoarder.envelope(b"a@x")
        hoarder.say(b"DATA")
        hoarder.send(b"x" * 390_000)
        other.envelope(b"a@x", b"b@x")
        assert {r[:9] for r in other.data(b"y" * 100_000 + b"\r\n", 2)} == {b"451 4.3.1"}
        hoarder.send(b"\r\n.\r\n")
        assert hoarder.reply().startswith(b"250 ")
        other.envelope(b"a@x")
        assert other.data(b"y" * 100_000 + b"\r\n")[0].startswith(b"250 ")
    assert gauge.octets == 0


def test_slow_and_vanishing_clients_leave_nothing_half():
    keeper = Keeper()
    with running(keeper, limits=Limits(idle_s=0.6, data_s=1.5)) as port:
        idle = Wire(port)
        dripping = Wire(port)
        dripping.envelope(b"a@x")
        dripping.say(b"DATA")
        for step in (b"", b"LHLO x\r\n", b"LHLO x\r\nMAIL FROM:<a@b>\r\n", b"LHLO x\r\nMAIL FROM:<a@b>\r\nRCPT TO:<a@x>\r\n",
                     b"LHLO x\r\nMAIL FROM:<a@b>\r\nRCPT TO:<a@x>\r\nDATA\r\n",
                     b"LHLO x\r\nMAIL FROM:<a@b>\r\nRCPT TO:<a@x>\r\nDATA\r\nhalf a mess"):
            gone = Wire(port)
            gone.send(step)
            gone.socket.shutdown(socket.SHUT_WR)
            gone.close()
        end = time.monotonic() + 5
        with pytest.raises(OSError):
            while time.monotonic() < end:
                dripping.send(b"\r\nNOOP\r\n")  # were it read as commands, it would be answered
                time.sleep(0.1)
        with contextlib.suppress(ConnectionResetError):
            assert dripping.socket.recv(100) == b""
        assert idle.reply().startswith(b"421 4.4.2 ")
        with Wire(port) as fine:
            fine.envelope(b"a@x")
            assert fine.data(b"fine\r\n")[0].startswith(b"250 ")
        idle.close()
        dripping.close()
    assert [e.raw for e in keeper.envelopes] == [b"fine\r\n"]


def test_a_mail_is_served_beside_nine_hundred_idle_connections():
    with running(Keeper(), limits=Limits(connections_per_peer=1000)) as port:
        idle = [socket.create_connection(("127.0.0.1", port)) for _ in range(900)]
        with Wire(port) as client:
            client.envelope(b"a@x")
            assert client.data(b"x\r\n")[0].startswith(b"250 ")
        for s in idle:
            s.close()


@pytest.fixture(scope="module")
def tls(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", folder / "k", "-out", folder / "c", "-days", "2",
                    "-subj", "/CN=door.example"], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "c", folder / "k")
    return context


def test_starttls_drops_what_was_sent_in_the_clear(tls):
    keeper = Keeper()
    with running(keeper, lmtp=False, tls=tls) as port, Wire(port) as client:
        assert b"STARTTLS" in client.say(b"EHLO x")
        client.send(b"STARTTLS\r\nEHLO y\r\nMAIL FROM:<injected@x>\r\nRCPT TO:<a@x>\r\n")
        assert client.reply().startswith(b"220 ")
        client.starttls()
        assert client.say(b"MAIL FROM:<a@b>").startswith(b"503 ")
        answer = client.say(b"EHLO x")
        assert b"STARTTLS" not in answer
        assert b"AUTH" not in answer
        assert client.say(b"RCPT TO:<a@x>").startswith(b"503 ")
        client.envelope(b"a@x", hello=b"EHLO")
        assert client.data(b"secret\r\n")[0].startswith(b"250 ")
    assert [(e.mail_from, e.tls) for e in keeper.envelopes] == [("reporter@example.com", True)]


def test_garbage_instead_of_a_handshake_ends_only_that_connection(tls):
    keeper = Keeper()
    with running(keeper, lmtp=False, tls=tls) as port:
        for garbage in (b"\x00" * 500, b"EHLO again\r\n", b"\x16\x03\x01\xff\xff" + b"x" * 2000, b""):
            with Wire(port, timeout=5) as client:
                client.say(b"EHLO x")
                assert client.say(b"STARTTLS").startswith(b"220 ")
                if garbage:
                    client.send(garbage)
                else:
                    client.socket.shutdown(socket.SHUT_RDWR)
        with Wire(port) as client:
            client.envelope(b"a@x", hello=b"EHLO")
            assert client.data(b"fine\r\n")[0].startswith(b"250 ")
    assert len(keeper.envelopes) == 1


def test_no_stream_of_commands_breaks_the_server():
    """Random and half-sensible lines, in any order: every answer is a reply, and the server goes on."""
    rnd = random.Random(7)
    words = [b"LHLO x", b"EHLO x", b"HELO", b"MAIL FROM:<a@b>", b"MAIL FROM:<>", b"MAIL", b"RCPT TO:<a@x>", b"RCPT TO:<unknown@x>", b"RCPT", b"RSET", b"NOOP",
             b"DATA", b"DATA x", b"VRFY x", b"HELP", b"AUTH", b"STARTTLS", b"BDAT 5 LAST", b"\x00\xff", b"", b" ", b"x" * 2500, b"MAIL FROM:<" + b"a" * 600 + b"@b>",
             b"RCPT TO:<\x80@x>", b"mail from: <a@b> size=5", b"QUIT x"]
    keeper = Keeper()
    with running(keeper) as port:
        for _ in range(40):
            with Wire(port, timeout=5) as client:
                lines = [b"LHLO x", b"MAIL FROM:<a@b>", b"RCPT TO:<a@x>", b"DATA"]
                for _ in range(6):
                    lines.insert(rnd.randrange(len(lines) + 1), rnd.choice(words))
                for line in lines:
                    client.send(line + b"\r\n")
                    answer = client.reply()
                    if answer.startswith(b"354 "):
                        client.send(b"..x\r\n.\r\n")
                        answer = client.reply()
                    if not answer:
                        break
                    assert re.match(rb"[2345]\d\d[ -]", answer), (line, answer)
                    if answer.startswith((b"421", b"502 5.5.1 Too many")):
                        break
        with Wire(port) as client:
            client.envelope(b"a@x")
            assert client.data(b"fine\r\n")[0].startswith(b"250 ")
    assert {e.raw for e in keeper.envelopes} == {b".x\r\n", b"fine\r\n"}
