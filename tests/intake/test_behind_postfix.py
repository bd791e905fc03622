"""Behind a real Postfix: one reply per recipient keeps it in step, what is refused for now comes again, once."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

import postfix
from sekimori.values import ids
from support import need
from wire import Wire, free_port

pytestmark = [pytest.mark.servers, pytest.mark.slow]


def listed(env):
    done = subprocess.run([sys.executable, "-m", "sekimori", "messages", "--jsonl"], env=env, capture_output=True, timeout=60)
    return [json.loads(line) for line in done.stdout.splitlines()]


class Desk:
    """`intake serve` at a fixed port, started and killed at will."""

    def __init__(self, env):
        self.env, self.port, self.process = env, free_port(), None

    def start(self):
        self.process = subprocess.Popen([sys.executable, "-m", "sekimori", "intake", "serve", "--lmtp", f"127.0.0.1:{self.port}"], env=self.env,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        end = time.monotonic() + 30
        while time.monotonic() < end:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return
            time.sleep(0.05)

    def end(self, number=signal.SIGTERM):
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, number)
            self.process.wait(30)


@pytest.fixture
def desk(made_folder):
    need("postfix", postfix.usable())
    running = Desk(made_folder)
    running.start()
    yield running
    running.end()


@pytest.fixture
def server(desk):
    running = postfix.Postfix(f"lmtp:inet:127.0.0.1:{desk.port}")
    yield running
    running.close()


def until(true, seconds=30):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.2)
    return False


def test_three_recipients_are_one_message_and_three_deliveries(desk, server):
    with Wire(server.port) as client:
        answers = client.envelope(b"abuse@isp.example", b"noc@isp.example", b"nobody@isp.example", b"security@isp.example", hello=b"EHLO")
        assert all(a.startswith(b"250") for a in answers)
        assert client.data(b"From: r@feed.example\r\nSubject: x\r\n\r\n" + b"y" * 3000 + b"\r\n..dot\r\n")[0].startswith(b"250 ")
    assert until(lambda: server.log().count("status=sent") == 3 and "status=bounced" in server.log()), server.log()
    assert server.log().count("250 2.0.0 Kept") == 3
    assert "550 5.1.1" in server.log()
    (row,) = listed(desk.env)
    assert row["rcpt_to"] == ["abuse@isp.example", "noc@isp.example", "security@isp.example"]
    assert (row["copies"], row["mail_from"]) == (1, "reporter@example.com")


def test_what_is_refused_for_now_comes_again_and_once(desk, server):
    desk.end(signal.SIGKILL)
    with Wire(server.port) as client:
        client.say(b"EHLO x")
        for number in range(5):
            client.say(b"MAIL FROM:<r@feed.example>")
            client.say(b"RCPT TO:<abuse@isp.example>")
            client.data(b"Subject: %d\r\n\r\nx\r\n" % number)
    assert until(lambda: server.log().count("status=deferred") >= 5), server.log()
    desk.start()
    server.flush()
    assert until(lambda: not server.queue()), server.log()
    assert len(listed(desk.env)) == 5


def test_kill_9_under_a_burst_loses_nothing_and_keeps_nothing_twice(desk, server):
    burst = subprocess.Popen(["smtp-source", "-c", "-s", "8", "-m", "400", "-l", "3000", "-f", "r@feed.example", "-t", "abuse@isp.example",
                              f"127.0.0.1:{server.port}"], stdout=subprocess.DEVNULL)
    for _ in range(4):
        time.sleep(0.7)
        desk.end(signal.SIGKILL)
        desk.start()
    assert burst.wait(60) == 0

    def drained():
        server.flush()
        return not server.queue()

    assert until(drained, 60), server.log()[-2000:]
    rows = listed(desk.env)
    assert len(rows) == 400
    assert len({r["sha256"] for r in rows}) == 400
    assert "status=bounced" not in server.log()


def test_the_shipped_fragment_hands_over_our_addresses_with_tokens_and_nothing_else(desk):
    fragment = (Path(__file__).parents[2] / "deploy/postfix/intake.cf").read_text().replace("127.0.0.1:2424", f"127.0.0.1:{desk.port}")
    server = postfix.Postfix("error:5.1.1 not here", more=fragment)
    token = ids.token()
    try:
        with Wire(server.port) as client:
            answers = client.envelope(b"abuse@isp.example", f"abuse+{token}@isp.example".encode(), f"desk+{token}@isp.example".encode(),
                            b"bounce-help@isp.example", b"member@isp.example", hello=b"EHLO")
            assert answers[-1].startswith(b"550 5.1.1 ")
            assert client.data(b"From: r@feed.example\r\nSubject: x\r\n\r\ny\r\n")[0].startswith(b"250 ")
        assert until(lambda: server.log().count("250 2.0.0 Kept") == 4), server.log()
        assert sorted(r for row in listed(desk.env) for r in row["rcpt_to"]) == sorted(
            ["abuse@isp.example", f"abuse+{token}@isp.example", f"desk+{token}@isp.example", "bounce-help@isp.example"])
        assert {row["route"] for row in listed(desk.env)} <= {"report", "reply", "explain"}
    finally:
        server.close()
