"""The doctor finds what it is there to find, and says it in one line each."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from sekimori.cli import checks

pytestmark = pytest.mark.slow


def doctor(env, *args):
    done = subprocess.run([sys.executable, "-m", "sekimori", "doctor", *args], env=env, capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout


def levels(env):
    code, out = doctor(env, "--json")
    return code, {row["id"]: row["level"] for row in map(json.loads, out.splitlines())}


@pytest.fixture
def folder(any_made_folder):
    return any_made_folder


def test_a_sound_installation(folder):
    code, found = levels(folder)
    assert code == 0
    assert "fail" not in found.values()
    assert found["python.old" if sys.version_info < checks.PYTHON_MIN else "python.version"]
    if "SEKIMORI_DATABASE" in folder:
        assert found["database.fsync"] == found["database.synchronous_commit"] == "ok"
    else:
        assert found["database.synchronous"] == found["database.journal_mode"] == "ok"
    code, text = doctor(folder)
    assert code == 0
    assert text.startswith(("WARN  python.old", "ok    python.version"))


def test_what_it_finds(data_folder):
    subprocess.run([sys.executable, "-m", "sekimori", "intake", "files", "-"], env=data_folder, input=b"From: a@b\n\n" + os.urandom(60_000).hex().encode(),
                   capture_output=True, check=True)
    data = Path(data_folder["SEKIMORI_DATA"])
    with closing(sqlite3.connect(data / "sekimori.sqlite3")) as db:
        db.execute("DROP TRIGGER ledger_no_update")
        db.execute("INSERT INTO ledger_entry (seq, at, actor, act, subject, body, prev, hash) VALUES (5,'','','','','{}','','x')")
        db.execute("UPDATE intake_message SET work='dead'")
        db.execute("INSERT INTO work_clockmark (id, high, doubt, since) VALUES (1, 9000000000000000, '', NULL)")
        db.commit()
    (data / "keys/web").chmod(0o644)
    data.chmod(0o755)
    for path in (data / "evidence").glob("[0-9a-f][0-9a-f]/*"):
        path.unlink()
    code, found = levels(data_folder | {"SEKIMORI_MAIL_MIN_FREE_BYTES": "900000000000000"})
    assert code == 1
    assert {k for k, v in found.items() if v == "fail"} == {
        "folder.mode", "keys.mode", "disk.free", "ledger.triggers", "ledger.chain", "evidence.sample", "clock.doubt"}
    assert {k for k, v in found.items() if v == "warn"} >= {"backup.age", "mail.relay", "work.dead"}


def test_a_check_that_breaks_is_a_finding_itself(monkeypatch):
    def broken(settings, now):
        raise RuntimeError("boom")
        yield

    monkeypatch.setattr(checks, "CHECKS", (broken, checks.python))
    found = checks.run(None, None)
    assert (found[0].id, found[0].level) == ("broken.error", "fail")
    assert len(found) == 2
