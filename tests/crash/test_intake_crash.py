"""Nothing acknowledged is lost: the order of system calls before the 250, and kill -9 again and again.

Each proof has a control that is broken on purpose and must fail: a proof that cannot fail proves nothing.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from sekimori.evidence.body import IN_ROW_MAX
from support import need
from wire import Wire, free_port

pytestmark = [pytest.mark.crash, pytest.mark.slow]
PROCESS = Path(__file__).parent.parent / "intake_process.py"
KEPT = b"250 2.0.0 Kept\r\n"


def sekimori(env, *args):
    done = subprocess.run([sys.executable, "-m", "sekimori", *args], env=env, capture_output=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def wait_for(port, process):
    end = time.monotonic() + 60
    while time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        assert process.poll() is None
        time.sleep(0.05)
    raise AssertionError("the server did not come up")


# -- order of system calls --

CALL = re.compile(r"^(\d+) +(?:<\.\.\. )?(\w+)(?: resumed>|\()")


def calls(trace):
    """Finished system calls in their order: (name, the whole text of the call)."""
    begun = {}
    for line in trace.splitlines():
        m = CALL.match(line)
        if not m:
            continue
        if line.rstrip().endswith("<unfinished ...>"):
            begun[m[1], m[2]] = line
        else:
            yield m[2], begun.pop((m[1], m[2]), "") + line


def order_before_each_250(env, mode, messages, tmp_path, pause=0.0):
    """For each 250 the calls since the 354 before it. `pause`: seconds before each message, so that what was put off is done by then."""
    port = free_port()
    out = tmp_path / "trace"
    process = subprocess.Popen(
        ["strace", "-f", "-y", "-s", "60", "-e", "trace=fsync,fdatasync,rename,renameat,renameat2,sendto", "-o", str(out),
         sys.executable, str(PROCESS), mode, str(port)], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        wait_for(port, process)
        with Wire(port, timeout=60) as client:
            for raw in messages:
                time.sleep(pause)
                client.envelope(b"abuse@isp.example")
                assert client.data(raw) == [KEPT]
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(60)
    found, since = [], []
    for name, text in calls(out.read_text(errors="replace")):
        if name == "sendto" and '"354 ' in text:
            since = []
        elif name == "sendto" and "250 2.0.0 Kept" in text:
            found.append(since)
            since = []  # what comes after a 250 is no part of what came before it
        elif name != "sendto":
            since.append((name, text))
    assert len(found) == len(messages)
    return found


def wal_synced(done):
    return any(name in ("fdatasync", "fsync") and "sqlite3-wal" in text and text.rstrip().endswith("= 0") for name, text in done)


@pytest.fixture
def traced(made_folder):
    need("strace", shutil.which("strace") is not None)
    return made_folder


def test_the_log_is_synced_before_each_250(traced, tmp_path):
    messages = [b"Subject: %d\r\n\r\nx\r\n" % i for i in range(5)]
    assert [wal_synced(done) for done in order_before_each_250(traced, "sound", messages, tmp_path)] == [True] * 5


@pytest.mark.parametrize("mode", ["normal", "ack_first"])
def test_the_order_test_finds_a_broken_server(traced, tmp_path, mode):
    messages = [b"Subject: %d\r\n\r\nx\r\n" % i for i in range(5)]
    # A commit that follows its own 250 must not be taken for one before the next.
    assert not all(wal_synced(done) for done in order_before_each_250(traced, mode, messages, tmp_path, pause=0.5))


def test_a_large_body_is_on_the_disk_before_its_row(traced, tmp_path):
    raw = b"Subject: large\r\n\r\n" + os.urandom(IN_ROW_MAX).hex().encode() + b"\r\n"
    (done,) = order_before_each_250(traced, "sound", [raw], tmp_path)
    name = hashlib.sha256(raw).hexdigest()
    steps = []
    for call, text in done:
        if call == "fsync" and f"/evidence/tmp/{name[:16]}" in text:
            steps.append("file")
        elif call.startswith("rename") and name[2:] in text:
            steps.append("rename")
        elif call == "fsync" and f"/evidence/{name[:2]}>" in text:
            steps.append("folder")
        elif "sqlite3-wal" in text:
            steps.append("commit")
    assert [step for step, _ in itertools.groupby(steps)] == ["file", "rename", "folder", "commit"]


# -- kill -9 --

class Senders:
    """Clients that send unique messages and repeat each until it is acknowledged."""

    def __init__(self, port, count):
        self.port, self.acknowledged, self.stop = port, {}, threading.Event()
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self.run, args=(k,)) for k in range(count)]
        for t in self.threads:
            t.start()

    def run(self, k):
        number = 0
        while not self.stop.is_set():
            raw = b"From: r%d@feed.example\r\nSubject: %d-%d\r\n\r\n" % (k, k, number) + (b"x" * IN_ROW_MAX * 2 if number % 40 == 39 else b"x") + b"\r\n"
            try:
                with Wire(self.port, timeout=10) as client:
                    client.envelope(b"abuse@isp.example")
                    if client.data(raw) == [KEPT]:
                        with self.lock:
                            self.acknowledged[hashlib.sha256(raw).hexdigest()] = (k, number)
                        number += 1
            except (OSError, AssertionError, ValueError):
                time.sleep(0.02)

    def end(self):
        self.stop.set()
        for t in self.threads:
            t.join(30)


def kill_loop(env, mode, kills, seed=1):
    """Kill the server `kills` times under load: (acknowledged, lost, kept twice)."""
    rnd = random.Random(seed)
    port = free_port()

    def launch():
        return subprocess.Popen([sys.executable, str(PROCESS), mode, str(port)], env=env, stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL, start_new_session=True)

    process = launch()
    senders = Senders(port, 6)
    try:
        for _ in range(kills):
            wait_for(port, process)
            time.sleep(rnd.uniform(0.2, 0.7))
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            process = launch()
        wait_for(port, process)
        time.sleep(0.5)
    finally:
        senders.end()
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(60)
    kept = [json.loads(line)["sha256"] for line in sekimori(env, "messages", "--jsonl").splitlines()]
    lost = set(senders.acknowledged) - set(kept)
    return len(senders.acknowledged), len(lost), len(kept) - len(set(kept))


KILLS = int(os.environ.get("SEKIMORI_TEST_KILLS", "8"))


def test_no_acknowledged_message_is_lost_or_kept_twice(any_made_folder):
    acknowledged, lost, twice = kill_loop(any_made_folder, "sound", KILLS)
    assert acknowledged > KILLS
    assert (lost, twice) == (0, 0)
    assert json.loads(sekimori(any_made_folder, "evidence", "verify", "--json"))["whole"]


def test_the_kill_loop_finds_a_server_that_answers_too_early(made_folder):
    for seed in range(1, 6):
        _, lost, _ = kill_loop(made_folder, "ack_first", 6, seed)
        if lost:
            return
    pytest.fail("a server that answers before COMMIT lost nothing: this loop proves nothing")
