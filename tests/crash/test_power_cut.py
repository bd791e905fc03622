"""A power cut at any point: what was acknowledged is there, whole; the database is sound. Controls that must lose something."""

from __future__ import annotations

import contextlib
import hashlib
import os
import random
import shutil
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections import defaultdict
from pathlib import Path

import pytest

import powercut
from sekimori.evidence.body import IN_ROW_MAX, restore
from support import need
from wire import Wire, free_port

pytestmark = [pytest.mark.crash, pytest.mark.slow]
HERE = Path(__file__).parent
CUTS = int(os.environ.get("SEKIMORI_TEST_CUTS", "60"))
CLIENTS, EACH = 4, 12


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    need("gcc", shutil.which("gcc") is not None)
    path = tmp_path_factory.mktemp("journal") / "journal.so"
    subprocess.run(["gcc", "-shared", "-fPIC", "-O1", "-o", path, HERE / "journal.c", "-ldl"], check=True)
    return path


class Recording:
    """One run of the server under the journal: the disk before it, the journal, and what each client sent in order."""

    def __init__(self, env, library, tmp_path, mode):
        self.data = Path(env["SEKIMORI_DATA"])
        self.base = tmp_path / "base"
        shutil.copytree(self.data, self.base)
        self.journal = tmp_path / "journal"
        self.sent = defaultdict(list)
        port = free_port()
        process = subprocess.Popen(
            [sys.executable, str(HERE.parent / "intake_process.py"), mode, str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env=env | {"LD_PRELOAD": str(library), "JOURNAL": str(self.journal), "JOURNAL_UNDER": str(self.data)})
        end = time.monotonic() + 40
        while time.monotonic() < end:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            time.sleep(0.05)
        threads = [threading.Thread(target=self.client, args=(port, k)) for k in range(CLIENTS)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        process.terminate()
        process.wait(30)

    def client(self, port, k):
        with Wire(port, timeout=60) as client:
            mine = client.socket.getsockname()[1]
            for number in range(EACH):
                raw = b"Subject: %d-%d\r\n\r\n" % (k, number) + os.urandom(IN_ROW_MAX if number % 6 == 5 else 900).hex().encode() + b"\r\n"
                self.sent[mine].append(hashlib.sha256(raw).hexdigest())
                client.envelope(b"abuse@isp.example")
                assert client.data(raw) == [b"250 2.0.0 Kept\r\n"]

    def cuts(self, count, seed, tmp_path, *, between):
        """Cut at `count` points, and yield (acknowledged before the cut, folder after it)."""
        changes = list(powercut.read(self.journal))
        rnd = random.Random(seed)
        # Always just after a 250 too: that is where a promise is broken, if it is.
        after_ack = [i + 1 for i, c in enumerate(changes) if c.op == "A"]
        points = set(rnd.sample(after_ack, min(len(after_ack), count // 2))) | {rnd.randrange(1, len(changes)) for _ in range(count // 2)}
        disk = powercut.Disk(self.base, str(self.data))
        for number, change in enumerate(changes, 1):
            disk.do(change)
            if number in points:
                folder = tmp_path / f"cut{number}{'b' if between else ''}"
                disk.after_cut(folder, rnd if between else None)
                seen = defaultdict(int)
                acknowledged = set()
                for port in disk.acknowledged:
                    acknowledged.add(self.sent[port][seen[port]])
                    seen[port] += 1
                yield acknowledged, folder
                shutil.rmtree(folder)


def lost(acknowledged, folder):
    """What was acknowledged and is not there, whole, after a restart on what the disk holds."""
    with contextlib.closing(sqlite3.connect(folder / "sekimori.sqlite3")) as db:
        assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        kept = {r[0] for r in db.execute("SELECT sha256 FROM intake_message")}
        bodies = db.execute("SELECT sha256, size, codec, data FROM evidence_body").fetchall()
    assert len(bodies) == len(kept), "rows and evidence are of one transaction"
    for sha256, size, codec, data in bodies:
        restore(sha256, size, codec, data, folder / "evidence")  # raises where a file is missing or torn
    return acknowledged - kept


@pytest.mark.parametrize("mode", ["sound", "checkpoint"])
def test_nothing_acknowledged_is_lost_by_a_power_cut(made_folder, library, tmp_path, mode):
    run = Recording(made_folder, library, tmp_path, mode)
    tried = 0
    for between in (False, True):
        for acknowledged, folder in run.cuts(CUTS, 11, tmp_path, between=between):
            assert lost(acknowledged, folder) == set()
            tried += 1
    assert tried >= min(CUTS, 40)
    assert sum(map(len, run.sent.values())) == CLIENTS * EACH


@pytest.mark.parametrize("mode", ["normal", "ack_first"])
def test_the_power_cut_finds_a_server_that_answers_too_early(made_folder, library, tmp_path, mode):
    run = Recording(made_folder, library, tmp_path, mode)
    assert any(lost(acknowledged, folder) for acknowledged, folder in run.cuts(CUTS, 12, tmp_path, between=False))


def test_the_model_itself():
    """A file that is renamed without a sync of its folder is gone, one that is not synced is empty."""
    disk = powercut.Disk(Path("/nonexistent"), "/d")
    for change in (powercut.Change("W", "/d/a", 0, b"one"), powercut.Change("S", "/d/a", 0, b""), powercut.Change("W", "/d/b", 0, b"two")):
        disk.do(change)
    assert disk.kept == {}
    disk.do(powercut.Change("S", "/d", 0, b""))
    assert {p: bytes(i.durable) for p, i in disk.kept.items()} == {"/d/a": b"one", "/d/b": b""}
    disk.do(powercut.Change("R", "/d/a", 0, b"/d/c"))
    assert set(disk.kept) == {"/d/a", "/d/b"}
    disk.do(powercut.Change("S", "/d", 0, b""))
    assert set(disk.kept) == {"/d/b", "/d/c"}
    disk.do(powercut.Change("T", "/d/c", 1, b""))
    disk.do(powercut.Change("S", "/d/c", 0, b""))
    assert bytes(disk.kept["/d/c"].durable) == b"o"
