"""`sekimori trace`: the contract of the command."""

import json
import subprocess
import sys
from pathlib import Path

from tracing.chains import BY_RELAY, FORGED, MEMBER, OURS


def run(*args: str, stdin: bytes = b"") -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, "-m", "sekimori", "trace", *args], input=stdin, capture_output=True, timeout=60)


def message(tmp_path: Path) -> str:
    path = tmp_path / "m.eml"
    path.write_text("".join(f"Received: {h}\n" for h in BY_RELAY + FORGED) + "Message-ID: <m1@example.jp>\n\nbody\n")
    return str(path)


def test_json_has_the_keys_of_the_contract(tmp_path: Path) -> None:
    done = run(message(tmp_path), "--json", "--trust", OURS)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["injected_by"] == MEMBER and answer["time"] == "2026-11-24T03:00:01Z" and answer["time_error_s"] == 60
    assert [h["trusted"] for h in answer["hops"]] == [True, True, False, False]
    assert set(answer["hops"][0]) >= {"by", "from", "ip", "time", "trusted"}
    assert all(set(f) >= {"code", "why"} for f in answer["flags"]) and len(answer["claimed"]) == 2
    assert answer["relay"]["queue_id"] == "4YbbbB" and answer["relay"]["message_id"] == "m1@example.jp"
    assert done.stdout.count(b"\n") == 1


def test_for_people_in_both_languages(tmp_path: Path) -> None:
    path = message(tmp_path)
    assert "自称" in run(path).stdout.decode() and "claimed" in run(path, "--language", "en").stdout.decode()


def test_standard_input_and_errors() -> None:
    assert json.loads(run("-", "--json", stdin=b"no mail at all").stdout)["injected_by"] is None
    missing = run("/nonexistent")
    assert missing.returncode == 1 and missing.stderr.count(b"\n") == 1
    assert run().returncode == 2


def test_django_is_not_loaded() -> None:
    code = ("import sys, sekimori.cli.trace, sekimori.tracing, sekimori.tracing.render; "
            "sys.exit(any(m.split('.')[0] in ('django', 'publicsuffixlist', 'dns', 'charset_normalizer') for m in sys.modules))")
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0
