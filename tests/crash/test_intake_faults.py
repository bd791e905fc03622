"""The Nth write fails, for every N: the answer is temporary or the message is kept, and the next message is taken again."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sekimori.evidence.body import IN_ROW_MAX
from support import need
from wire import Wire, free_port

pytestmark = [pytest.mark.crash, pytest.mark.slow]
HERE = Path(__file__).parent
EVERY_N_MAX = 400


@pytest.fixture
def env(made_folder, tmp_path):
    need("gcc", shutil.which("gcc") is not None)
    library = tmp_path / "faults.so"
    subprocess.run(["gcc", "-shared", "-fPIC", "-O1", "-o", library, HERE / "faults.c", "-ldl"], check=True)
    return made_folder | {"LD_PRELOAD": str(library), "FAULT_UNDER": made_folder["SEKIMORI_DATA"], "FAULT_CONTROL": str(tmp_path / "control")}


class Server:
    def __init__(self, env, mode="sound"):
        self.mode = mode
        self.env, self.port, self.control, self.answers = env, free_port(), Path(env["FAULT_CONTROL"]), {}
        self.start()

    def start(self):
        self.process = subprocess.Popen([sys.executable, str(HERE.parent / "intake_process.py"), self.mode, str(self.port)], env=self.env,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + 30
        while time.monotonic() < end:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return
            time.sleep(0.05)
        raise AssertionError("the server did not start")

    def send(self, number, size):
        raw = b"Subject: %d\r\n\r\n" % number + os.urandom(size // 2).hex().encode() + b"\r\n"
        with Wire(self.port, timeout=60) as client:
            client.envelope(b"abuse@isp.example")
            answer = client.data(raw)[0]
        self.answers[hashlib.sha256(raw).hexdigest()] = answer
        return answer

    def arm(self, n, error):
        self.control.write_text(f"{n} {error}\n")

    def struck(self):
        """Tell whether the armed fault has come; disarm it if not."""
        armed = self.control.exists()
        self.control.unlink(missing_ok=True)
        return not armed

    def end(self):
        self.control.unlink(missing_ok=True)
        self.process.terminate()
        self.process.wait(30)

    def check(self):
        """All that was acknowledged is kept, once, and sound."""
        clean = {k: v for k, v in self.env.items() if k != "LD_PRELOAD"}
        done = subprocess.run([sys.executable, "-m", "sekimori", "messages", "--jsonl"], env=clean, capture_output=True, timeout=60)
        kept = [json.loads(line)["sha256"] for line in done.stdout.splitlines()]
        assert len(kept) == len(set(kept))
        assert {h for h, a in self.answers.items() if a.startswith(b"250 ")} <= set(kept)
        done = subprocess.run([sys.executable, "-m", "sekimori", "evidence", "verify"], env=clean, capture_output=True, timeout=60)
        assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(("mode", "size"), [("sound", 2_000), ("sound", IN_ROW_MAX * 3), ("checkpoint", 2_000)], ids=["in the row", "as a file", "checkpoint"])
def test_no_space_at_the_nth_write_for_every_n(env, mode, size):
    server = Server(env, mode)
    try:
        server.send(0, size)
        temporary = stopped = 0
        for n in range(1, EVERY_N_MAX):
            server.arm(n, errno.ENOSPC)
            answer = server.send(n, size)
            struck = server.struck()
            assert answer[:4] in (b"250 ", b"451 ", b"452 "), answer
            temporary += answer[:1] == b"4"
            if not struck:
                break
            again = server.send(n + 1000, size)
            if not again.startswith(b"250 "):
                # A failed fsync, whatever its errno: the server takes nothing more and ends; its supervisor starts it again.
                assert server.process.wait(10) == 0
                stopped += 1
                server.start()
                again = server.send(n + 2000, size)
            assert again.startswith(b"250 "), f"did not recover after the fault at call {n}"
        else:
            pytest.fail("the faults never ended")
        assert n > 3
        assert temporary >= 2
        assert stopped <= 3
    finally:
        server.end()
    server.check()


def test_an_io_error_stops_the_server_and_a_restart_takes_mail_again(env):
    server = Server(env)
    stopped = 0
    try:
        server.send(0, 2_000)
        for n in range(1, 7):
            server.arm(n, errno.EIO)
            answer = server.send(n, IN_ROW_MAX * 3 if n % 2 else 2_000)
            server.control.unlink(missing_ok=True)
            assert answer[:4] in (b"250 ", b"451 "), answer
            if answer.startswith(b"451 "):
                assert server.process.wait(30) == 0
                stopped += 1
                server.start()
            assert server.send(n + 1000, 2_000).startswith(b"250 ")
        assert stopped >= 2
    finally:
        server.end()
    server.check()
