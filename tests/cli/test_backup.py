"""A backup made under load comes back whole, byte for byte; a damaged one, or a wrong place, is refused."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


def sekimori(env, *args, **kw):
    return subprocess.run([sys.executable, "-m", "sekimori", *map(str, args)], env=env, capture_output=True, timeout=180, **kw)


def good(env, *args, **kw):
    done = sekimori(env, *args, **kw)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def mail(number, size=100):
    return b"From: r@feed.example\r\nSubject: %d\r\n\r\n" % number + os.urandom(size).hex().encode() + b"\r\n"


@pytest.fixture
def folder(any_made_folder, tmp_path):
    any_folder = any_made_folder
    files = tmp_path / "mails"
    files.mkdir()
    for i in range(6):
        (files / f"{i}.eml").write_bytes(mail(i, 60_000 if i < 2 else 500))
    good(any_folder, "intake", "files", files)
    policy = Path(any_folder["SEKIMORI_DATA"]) / "policy"
    policy.mkdir(exist_ok=True)
    (policy / "note.txt").write_text("方針")
    return any_folder


@pytest.fixture
def other(folder, tmp_path, request):
    """A second, empty place of the same engine."""
    env = folder | {"SEKIMORI_DATA": str(tmp_path / "other")}
    if "SEKIMORI_DATABASE" in env:
        env["SEKIMORI_DATABASE"] = request.getfixturevalue("postgres_cluster").create("r" + os.urandom(6).hex())
    return env


def listed(env):
    return [json.loads(line) for line in good(env, "messages", "--jsonl").splitlines()]


def test_round_trip_while_the_desk_works_on(folder, other, tmp_path):
    stop = threading.Event()

    def work():
        number = 100
        while not stop.is_set():
            sekimori(folder, "intake", "files", "-", input=mail(number, 40_000))
            number += 1

    before = listed(folder)
    thread = threading.Thread(target=work)
    thread.start()
    try:
        made = json.loads(good(folder, "backup", tmp_path / "copy"))
    finally:
        stop.set()
        thread.join()
    assert made["missing_evidence"] == []
    assert made["manifest_sha256"] == hashlib.sha256((tmp_path / "copy/manifest.json").read_bytes()).hexdigest()
    modes = {p.stat().st_mode & 0o077 for p in (tmp_path / "copy").rglob("*")}
    assert modes == {0}
    done = json.loads(good(other, "restore", tmp_path / "copy"))
    assert (done["whole"], done["faults"]) == (True, [])
    after = listed(other)
    assert after[:len(before)] == before
    for row in before[:3]:
        octets = good(folder, "evidence", "get", row["sha256"], "--synthetic")
        assert good(other, "evidence", "get", row["sha256"], "--synthetic") == octets
    data, again = Path(folder["SEKIMORI_DATA"]), Path(other["SEKIMORI_DATA"])
    for name in ("keys/web", "keys/ledger", "policy/note.txt", "synthetic"):
        assert (again / name).read_bytes() == (data / name).read_bytes()
    assert json.loads(good(other, "ledger", "verify"))["ok"]
    assert b"clock.doubt" in sekimori(other, "doctor").stdout
    good(other, "intake", "files", "-", input=mail(999))
    assert len(listed(other)) == len(after) + 1


def test_a_damaged_backup_is_refused_and_nothing_is_written(folder, other, tmp_path):
    good(folder, "backup", tmp_path / "copy")
    evidence = next((tmp_path / "copy/evidence").rglob("[0-9a-f]*[0-9a-f]/*"))
    for damage, word in (
            (lambda c: (c / evidence.relative_to(tmp_path / "copy")).write_bytes(b"x"), b"changed"), (lambda c: (c / "data/keys/web").unlink(), b"missing"),
            (lambda c: (c / "data/extra").write_bytes(b"x"), b"not in the manifest"), (lambda c: (c / "manifest.json").unlink(), b"no finished backup"),
            (lambda c: (c / "manifest.json").write_text("{"), b"cannot be read"),
            (lambda c: (c / "manifest.json").write_text((c / "manifest.json").read_text().replace('"format": 1', '"format": 9')), b"does not read")):
        copy = tmp_path / "damaged"
        shutil.copytree(tmp_path / "copy", copy)
        damage(copy)
        done = sekimori(other, "restore", copy)
        assert done.returncode == 1
        assert word in done.stderr
        assert not Path(other["SEKIMORI_DATA"]).exists()
        shutil.rmtree(copy)


def test_wrong_places_are_refused(folder, other, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full/x").write_text("x")
    assert b"is not empty" in sekimori(folder, "backup", tmp_path / "full").stderr
    assert b"in the data folder" in sekimori(folder, "backup", folder["SEKIMORI_DATA"] + "/copy").stderr
    good(folder, "backup", tmp_path / "copy")
    assert b"is not empty" in sekimori(folder, "restore", tmp_path / "copy").stderr
    if "SEKIMORI_DATABASE" in folder:
        assert b"is not empty" in sekimori(other | {"SEKIMORI_DATABASE": folder["SEKIMORI_DATABASE"]}, "restore", tmp_path / "copy").stderr
        del other["SEKIMORI_DATABASE"]
        assert b"the backup is of postgresql" in sekimori(other, "restore", tmp_path / "copy").stderr


def test_no_backup_of_a_ledger_that_does_not_hold(made_folder, tmp_path):
    data_folder = made_folder
    for i in (1, 2):
        good(data_folder, "backup", tmp_path / f"copy{i}")
    with closing(sqlite3.connect(data_folder["SEKIMORI_DATA"] + "/sekimori.sqlite3")) as db:
        for name in ("ledger_no_update", "ledger_no_delete"):
            db.execute(f"DROP TRIGGER {name}")
        db.execute("DELETE FROM ledger_entry WHERE seq=1")
        db.commit()
    done = sekimori(data_folder, "backup", tmp_path / "copy3")
    assert done.returncode == 1
    assert b"the ledger does not hold at entry 1" in done.stderr
    assert not (tmp_path / "copy3").exists()
