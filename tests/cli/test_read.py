"""`sekimori read` as it is called: its lines, its exit codes, no Django, a quick start."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

from reports.formats.mails import arf, dumps, xarf4

SEKIMORI = str(Path(sys.executable).with_name("sekimori"))
KEYS = {"category", "type", "source_ip", "source_port", "proto", "login", "queue_id", "message_id", "time", "time_raw", "zone", "time_error_s", "confidence", "spans", "special"}


def call(*args: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run([SEKIMORI, "read", *args], capture_output=True, text=True, cwd=cwd, env={k: v for k, v in os.environ.items() if not k.startswith(("SEKIMORI", "DJANGO"))}, timeout=60)


def test_one_line_per_file_whatever_its_name(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    files = {"a.json": dumps(xarf4()), "sub/b": arf("Feedback-Type: abuse\r\nSource-IP: 198.51.100.7\r\n"), "sub/.hidden": b"", "z.bin": bytes(range(256)), "日本.txt": "こんにちは".encode()}
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    done = call(".", "--jsonl", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    lines = [json.loads(x) for x in done.stdout.splitlines()]
    assert {x["file"] for x in lines} == {"./" + n for n in files}
    for x in lines:
        assert set(x) >= {"file", "sha256", "format", "kind", "findings", "findings_total", "defects", "reason"}
        assert x["sha256"] == hashlib.sha256((tmp_path / x["file"]).read_bytes()).hexdigest()
        assert x["kind"] in {"report", "not_abuse", "review", "reply", "loop"}
        for f in x["findings"]:
            assert set(f) >= KEYS


def test_rows_are_streamed_one_per_finding(tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_text("source_ip,timestamp,type\n" + "198.51.100.7,2026-11-23T00:10:11Z,ssh\n" * 2500)
    lines = call("f.csv", "--rows", cwd=tmp_path).stdout.splitlines()
    assert len(lines) == 2500
    assert json.loads(lines[-1])["row"] == 2499
    whole = json.loads(call("f.csv", "--jsonl", cwd=tmp_path).stdout)
    assert (len(whole["findings"]), whole["findings_total"]) == (1000, 2500)


def test_errors_are_one_line(tmp_path: Path) -> None:
    done = call(str(tmp_path / "nothing"))
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert call().returncode == 2


def test_neither_django_nor_a_data_folder_is_needed(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(dumps(xarf4()))
    code = ("import sys\nfrom sekimori.cli.main import root\n"
            "try:\n    root(['read', 'a.json'])\nexcept SystemExit:\n    pass\n"
            "bad = [m for m in sys.modules if m.split('.')[0] in ('django', 'psycopg', 'sqlite3', 'smtplib', 'dns')]\nassert not bad, bad\n")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, timeout=60)
    assert done.returncode == 0, done.stderr
    assert list(tmp_path.iterdir()) == [tmp_path / "a.json"]
