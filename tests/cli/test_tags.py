"""`sekimori tags serve`, and what the doctor says of tags."""

import json
import os
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime

import pytest

from sekimori.cli import checks
from sekimori.cli.up import children
from sekimori.settings import load, use
from sekimori.settings.load import current
from wire import free_port


@pytest.fixture
def env(tmp_path):
    key = tmp_path / "tag.key"
    key.write_text("k" * 64)
    key.chmod(0o600)
    return {"SEKIMORI_DATA": str(tmp_path / "data"), "SEKIMORI_TAGS_KEY_FILE": str(key)}


def found(env, monkeypatch):
    monkeypatch.setattr(os, "environ", os.environ | env)
    return {f.id: (f.level, f.text) for f in checks.tags(load(env), datetime.now(UTC))}


def test_off_the_doctor_is_silent(tmp_path, monkeypatch):
    assert found({"SEKIMORI_DATA": str(tmp_path)}, monkeypatch) == {}


def test_a_sound_key(env, monkeypatch):
    assert {k: v[0] for k, v in found(env, monkeypatch).items()} == {"tags.key": "ok"}


def test_what_the_doctor_finds(env, tmp_path, monkeypatch):
    (tmp_path / "tag.key").write_text("k" * 20)
    assert found(env, monkeypatch)["tags.key"][0] == "warn"
    (tmp_path / "tag.key").chmod(0o644)
    assert found(env, monkeypatch)["tags.key"][0] == "fail"
    assert found(env | {"SEKIMORI_TAGS_SINCE": "2026-11-01"}, monkeypatch)["tags.service"][0] == "warn"
    assert found(env | {"SEKIMORI_TAGS_LISTEN": f"127.0.0.1:{free_port()}"}, monkeypatch)["tags.service"][0] == "fail"
    assert found(env | {"SEKIMORI_MAIL_NOREPLY_LOCALPART": "d" * 24}, monkeypatch)["tags.notices"][0] == "warn"


@pytest.mark.slow
@pytest.mark.parametrize(("key", "why"), [(None, "No such file"), ("short", "fewer than 16 characters"), ("", "is empty")])
def test_a_key_that_cannot_be_used_is_one_line(data_folder, tmp_path, key, why):
    path = tmp_path / "k"
    if key is not None:
        path.write_text(key)
    for command in (("doctor",), ("tags", "serve", "--listen", f"127.0.0.1:{free_port()}")):
        done = subprocess.run([sys.executable, "-m", "sekimori", *command], env=data_folder | {"SEKIMORI_TAGS_KEY_FILE": str(path)}, capture_output=True, text=True, timeout=60)
        assert done.returncode == 1 and why in done.stderr and done.stderr.count("\n") == 1, done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(("more", "code", "why"), [(("--listen", "nowhere"), 2, "HOST:PORT"), ((), 2, "HOST:PORT"), (("--listen", "127.0.0.1:9"), 1, "no key is set")])
def test_wrong_use(data_folder, more, code, why):
    done = subprocess.run([sys.executable, "-m", "sekimori", "tags", "serve", *more], env=data_folder, capture_output=True, text=True, timeout=60)
    assert done.returncode == code and why in done.stderr


@pytest.mark.slow
def test_the_doctor_asks_the_service(data_folder, env):
    port = free_port()
    env = data_folder | env | {"SEKIMORI_TAGS_LISTEN": f"127.0.0.1:{port}"}
    service = subprocess.Popen([sys.executable, "-m", "sekimori", "tags", "serve"], env=env, stderr=subprocess.PIPE)
    try:
        end = time.monotonic() + 60
        level = ""
        while level != "ok" and time.monotonic() < end:
            done = subprocess.run([sys.executable, "-m", "sekimori", "doctor", "--json"], env=env, capture_output=True, text=True, timeout=120)
            level = {r["id"]: r["level"] for r in map(json.loads, done.stdout.splitlines())}["tags.service"]
        assert level == "ok"
        again = subprocess.run([sys.executable, "-m", "sekimori", "tags", "serve"], env=env, capture_output=True, text=True, timeout=60)
        assert again.returncode == 1 and "cannot listen" in again.stderr
    finally:
        with socket.create_connection(("127.0.0.1", port)):  # a client of long standing does not hold up the end
            time.sleep(0.2)
            service.terminate()
            assert service.communicate(timeout=10)[1] == b"" and service.returncode == 0


def test_up_serves_the_maps_where_they_are_asked_for(env):
    before = current()
    try:
        for listen, served in (("", False), ("127.0.0.1:2431", True)):
            use(load(env | {"SEKIMORI_TAGS_LISTEN": listen}))
            assert ("tags" in {c.name for c in children("127.0.0.1:8080", "127.0.0.1:2424")}) == served
    finally:
        use(before)
