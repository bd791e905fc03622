"""`sekimori intake serve` as a process, on both engines: what it answers, keeps, and does when the database goes away."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import time

import pytest

import dovecot
from sekimori.evidence.body import IN_ROW_MAX
from sekimori.intake.doors import imap
from sekimori.settings.types import Imap
from sekimori.values import ids
from support import need
from wire import Wire, free_port

pytestmark = pytest.mark.slow


def sekimori(env, *args, **kw):
    return subprocess.run([sys.executable, "-m", "sekimori", *map(str, args)], env=env, capture_output=True, timeout=120, **kw)


def listed(env):
    done = sekimori(env, "messages", "--jsonl")
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@contextlib.contextmanager
def serving(env, *command, port, log=subprocess.PIPE):
    process = subprocess.Popen(command or (sys.executable, "-m", "sekimori", "intake", "serve", "--lmtp", f"127.0.0.1:{port}"),
                               env=env, stdout=log, stderr=subprocess.STDOUT)
    end = time.monotonic() + 40
    while time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            break
        assert process.poll() is None, process.stdout and process.stdout.read()
        time.sleep(0.05)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(30)
        if process.stdout:
            process.stdout.close()


@pytest.fixture
def folder(any_made_folder):
    return any_made_folder


def message(number, size=100):
    return b"From: r@feed.example\r\nSubject: %d\r\n\r\n" % number + b"x" * size + b"\r\n"


def test_what_is_answered_is_kept_and_can_be_read_back(folder):
    port, smtp = free_port(), free_port()
    token = ids.token()
    small, large = message(1), message(2, IN_ROW_MAX * 3)
    command = (sys.executable, "-m", "sekimori", "intake", "serve", "--lmtp", f"127.0.0.1:{port}", "--smtp", f"127.0.0.1:{smtp}")
    with serving(folder, *command, port=port) as process:
        with Wire(port) as client:
            answers = client.envelope(b"abuse@isp.example", b"nobody@isp.example", b"noc@brand.example")
            assert [a[:9] for a in answers[2:]] == [b"250 2.1.5", b"550 5.1.1", b"250 2.1.5"]
            assert client.data(small, 2) == [b"250 2.0.0 Kept\r\n"] * 2
            client.envelope(b"abuse@isp.example")
            assert client.data(large) == [b"250 2.0.0 Kept\r\n"]
            client.envelope(f"abuse+{token}@isp.example".encode(), mail_from=b"")
            client.data(small)
        with Wire(smtp) as client:
            answers = client.envelope(b"abuse@isp.example", b"noc@brand.example", b"postmaster", hello=b"EHLO")
            assert [a[:9] for a in answers[2:]] == [b"250 2.1.5", b"550 5.1.1", b"250 2.1.5"]
            client.data(small)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    rows = listed(folder)
    assert [(r["door"], r["rcpt_to"], r["route"], r["auto"]) for r in rows] == [
        ("lmtp", ["abuse@isp.example", "noc@brand.example"], "report", ""), ("lmtp", ["abuse@isp.example"], "report", ""),
        ("lmtp", [f"abuse+{token}@isp.example"], "reply", "null_sender"), ("smtp", ["abuse@isp.example", "postmaster"], "report", "")]
    assert [r["sha256"] for r in rows] == [hashlib.sha256(x).hexdigest() for x in (small, large, small, small)]
    for raw in (small, large):
        name = hashlib.sha256(raw).hexdigest()
        assert sekimori(folder, "evidence", "get", name, "--synthetic", "--basis", "SYNTHETIC").stdout == raw
    assert sekimori(folder, "evidence", "verify").returncode == 0


def test_no_reading_without_a_purpose_and_no_answer_without_a_ledger_row(folder):
    sekimori(folder, "intake", "files", "-", input=message(1))
    name = hashlib.sha256(message(1)).hexdigest()
    for arguments, code in ((["--case", "K-1", "--basis", "WARRANT"], 1), (["--report", "1", "--basis", "WARRANT"], 1), ([], 2),
                            (["--synthetic", "--report", "1"], 2), (["--synthetic", "--basis", "WARRANT"], 1), (["--report", "x", "--basis", "NO"], 1)):
        done = sekimori(folder, "evidence", "get", name, *arguments)
        assert (done.returncode, done.stdout) == (code, b""), arguments
    assert sekimori(folder, "evidence", "get", "f" * 64, "--synthetic").returncode == 1
    assert sekimori(folder, "evidence", "get", name, "--synthetic").stdout == message(1)
    rows = subprocess.run([sys.executable, "-c", (
        "import os, django; os.environ['DJANGO_SETTINGS_MODULE']='sekimori.site.django_settings'; django.setup()\n"
        "from sekimori.ledger.models import Entry\n"
        "print(*Entry.objects.filter(act='protected.read').order_by('seq').values_list('subject', 'body'), sep='\\n')")],
        env=folder, capture_output=True, text=True, timeout=60).stdout
    assert rows.count("synthetic") >= 2
    assert name in rows


def test_synthetic_reading_needs_a_synthetic_folder(data_folder):
    sekimori(data_folder, "intake", "files", "-", input=message(1))
    done = sekimori(data_folder, "evidence", "get", hashlib.sha256(message(1)).hexdigest(), "--synthetic")
    assert (done.returncode, done.stdout) == (1, b"")


def test_without_a_ledger_row_no_octet_leaves(made_folder):
    data_folder = made_folder
    sekimori(data_folder, "intake", "files", "-", input=message(1))
    import sqlite3

    with contextlib.closing(sqlite3.connect(data_folder["SEKIMORI_DATA"] + "/sekimori.sqlite3")) as db:
        db.execute("CREATE TRIGGER no_more BEFORE INSERT ON ledger_entry BEGIN SELECT RAISE(ABORT, 'full'); END")
        db.commit()
    done = sekimori(data_folder, "evidence", "get", hashlib.sha256(message(1)).hexdigest(), "--synthetic")
    assert done.returncode != 0
    assert done.stdout == b""


def test_a_database_that_is_away_is_451_and_comes_back_without_help(data_folder, postgres_cluster, postgres_url):
    data_folder["SEKIMORI_DATABASE"] = postgres_url
    sekimori(data_folder, "init", "--synthetic")
    port = free_port()
    kept = []
    with serving(data_folder, port=port):
        with Wire(port) as client:
            client.envelope(b"abuse@isp.example")
            assert client.data(message(0)) == [b"250 2.0.0 Kept\r\n"]
            kept.append(message(0))
            postgres_cluster.stop("immediate")
            try:
                for i in (1, 2):
                    client.envelope(b"abuse@isp.example", b"noc@isp.example")
                    assert {r[:4] for r in client.data(message(i), 2)} == {b"451 "}
            finally:
                postgres_cluster.start()
            for i in (3, 4, 5):
                client.envelope(b"abuse@isp.example")
                if client.data(message(i))[0].startswith(b"250 "):
                    kept.append(message(i))
        assert len(kept) >= 3
    assert {r["sha256"] for r in listed(data_folder)} >= {hashlib.sha256(x).hexdigest() for x in kept}


@pytest.mark.skipif(os.getuid() != 0, reason="mounting a small disk needs root")
def test_a_full_disk_is_answered_with_4xx_loses_nothing_and_recovers(tmp_path, data_folder):
    small = tmp_path / "small"
    small.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=9m", "tmpfs", str(small)], capture_output=True).returncode:
        pytest.skip("no mount here")
    try:
        data_folder |= {"SEKIMORI_DATA": str(small / "data"), "SEKIMORI_MAIL_MIN_FREE_BYTES": "0"}
        assert sekimori(data_folder, "init", "--synthetic").returncode == 0
        ballast = small / "ballast"
        ballast.write_bytes(b"\0" * 3_000_000)
        port = free_port()
        answers = {}

        def send(client, number, size):
            client.say(b"MAIL FROM:<r@feed.example>")
            client.say(b"RCPT TO:<abuse@isp.example>")
            raw = b"Subject: %d\r\n\r\n" % number + os.urandom(size // 2).hex().encode() + b"\r\n"
            answers[hashlib.sha256(raw).hexdigest()] = client.data(raw)[0]

        with serving(data_folder, port=port, log=subprocess.DEVNULL), Wire(port, timeout=60) as client:
            client.say(b"LHLO x")
            for number in range(120):
                send(client, number, 150_000 if number % 2 else 30_000)
            refused = [a for a in answers.values() if not a.startswith(b"250 ")]
            assert refused
            assert {a[:1] for a in refused} == {b"4"}, set(refused)
            ballast.unlink()
            time.sleep(1.2)
            for number in range(200, 206):
                send(client, number, 30_000)
            assert [a[:4] for a in list(answers.values())[-6:]] == [b"250 "] * 6
        kept = [r["sha256"] for r in listed(data_folder)]
        assert {h for h, a in answers.items() if a.startswith(b"250 ")} <= set(kept)
        assert len(kept) == len(set(kept))
        assert sekimori(data_folder, "evidence", "verify").returncode == 0
        assert not list((small / "data/evidence/tmp").iterdir())
    finally:
        subprocess.run(["umount", "-l", str(small)])


def test_wrong_settings_stop_the_start(data_folder):
    port = free_port()
    assert sekimori(data_folder, "intake", "serve").returncode == 2
    assert sekimori(data_folder, "intake", "serve", "--lmtp", "nowhere").returncode == 2
    assert b"host is not set" in sekimori(data_folder, "intake", "serve", "--imap").stderr
    with socket.create_server(("127.0.0.1", port)):
        done = sekimori(data_folder, "intake", "serve", "--lmtp", f"127.0.0.1:{port}")
    assert done.returncode == 1
    assert done.stderr.startswith(b"Error: cannot listen: ")


def test_a_database_that_commits_asynchronously_is_refused_at_the_start(data_folder, postgres_url):
    data_folder["SEKIMORI_DATABASE"] = postgres_url
    assert sekimori(data_folder, "init").returncode == 0
    done = sekimori(data_folder | {"SEKIMORI_DATABASE": postgres_url + "&options=-c%20synchronous_commit%3Doff"}, "intake", "serve", "--lmtp", "127.0.0.1:1")
    assert done.returncode == 1
    assert done.stderr.startswith(b"Error: synchronous_commit=off: a power cut could lose acknowledged mail")


def test_a_client_that_resets_after_its_final_dot_and_repeats_is_one_row(folder):
    port = free_port()
    with serving(folder, port=port):
        for _ in range(20):
            client = Wire(port)
            client.envelope(b"abuse@isp.example")
            client.say(b"DATA")
            client.send(message(1) + b".\r\n")
            client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            client.close()
        with Wire(port) as client:
            client.envelope(b"abuse@isp.example")
            assert client.data(message(1)) == [b"250 2.0.0 Kept\r\n"]
    (row,) = listed(folder)
    assert 1 <= row["copies"] <= 21
    assert row["sha256"] == hashlib.sha256(message(1)).hexdigest()


@pytest.mark.servers
def test_a_mailbox_is_collected_again_and_again(made_folder, tmp_path):
    need("dovecot", dovecot.usable())
    server = dovecot.Dovecot()
    try:
        box = imap.connect(Imap(host="127.0.0.1", port=server.port, user="desk", password="secret", tls=False), max_bytes=1_000_000)
        (tmp_path / "password").write_text("secret\n")
        env = made_folder | {"SEKIMORI_IMAP_HOST": "127.0.0.1", "SEKIMORI_IMAP_PORT": str(server.port), "SEKIMORI_IMAP_USER": "desk",
                             "SEKIMORI_IMAP_TLS": "false", "SEKIMORI_IMAP_POLL_S": "1", "SEKIMORI_IMAP_PASSWORD_FILE": str(tmp_path / "password")}
        port = free_port()
        command = (sys.executable, "-m", "sekimori", "intake", "serve", "--imap", "--lmtp", f"127.0.0.1:{port}")
        with serving(env, *command, port=port) as process:
            for number in (1, 2):
                box.append("INBOX", message(number))
                end = time.monotonic() + 20
                while len(listed(env)) < number and time.monotonic() < end:
                    time.sleep(0.3)
            process.send_signal(signal.SIGTERM)
            assert process.wait(30) == 0
        assert [r["door"] for r in listed(env)] == ["imap", "imap"]
        assert box.folder_status("Processed", ["MESSAGES"])[b"MESSAGES"] == 2
        imap.leave(box)
    finally:
        server.close()
