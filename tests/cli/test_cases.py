"""The commands about cases, measures, ladder and switches, as a script calls them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import story

EXAMPLES = Path(__file__).parents[1] / "flow" / "scenarios"


def run(env, *args):
    return subprocess.run([sys.executable, "-m", "sekimori", *map(str, args)], env=env, capture_output=True, text=True, timeout=120)


def ok(env, *args):
    done = run(env, *args)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A synthetic folder in which one report became a case."""
    import os

    folder = tmp_path_factory.mktemp("cli") / "data"
    env = {k: v for k, v in os.environ.items() if not k.startswith("SEKIMORI_") and k != "DJANGO_SETTINGS_MODULE"} | {"SEKIMORI_DATA": str(folder)}
    ok(env, "init", "--synthetic")
    crash = Path(__file__).parents[1] / "crash" / "measures_world.py"
    done = subprocess.run([sys.executable, str(crash), "fill", "1"], env=env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    ok(env, "work", "--once")
    return env


def test_cases_and_measures(world):
    case, = ok(world, "cases", "--jsonl")
    assert {"id", "contract", "category", "findings", "first", "last", "state", "next_step", "why_not"} <= set(case)
    assert (case["contract"], case["state"], case["next_step"]) == ("C0", "warned", "restrict_mail")
    assert [s["step"] for s in case["why_not"]] == ["warn", "restrict_mail", "suspend_line", "terminate"]
    assert {"step", "unmet", "earliest"} <= set(case["why_not"][1])
    measure, = ok(world, "measures", "--jsonl")
    assert {"id", "case", "contract", "step", "state", "grade", "basis", "scope", "proposed_by", "approved_by", "due_at", "executed_at", "verified_at",
            "reverted_at", "reason"} <= set(measure)
    assert set(measure["reason"]) == {"ja", "en"}
    assert measure["step"] == "warn"


def test_export_is_checked_by_its_own_script(world, tmp_path):
    ref = ok(world, "cases", "--jsonl")[0]["id"]
    told, = ok(world, "case", "export", ref, "--to", tmp_path / "x.zip")
    assert told["evidence"] == told["findings"] == 2
    import zipfile

    with zipfile.ZipFile(tmp_path / "x.zip") as z:
        z.extract("verify.py", tmp_path)
    done = subprocess.run([sys.executable, "-I", "-S", tmp_path / "verify.py", tmp_path / "x.zip"], capture_output=True, text=True, timeout=60)
    assert done.stdout.startswith("OK"), done.stdout
    missing = run(world, "case", "export", "K-NONE")
    assert (missing.returncode, missing.stderr.strip()) == (1, "Error: no_case: there is no case K-NONE")


def test_simulate_and_activate(world, tmp_path):
    lines = ok(world, "ladder", "simulate", "--days", "30")
    assert lines[-1]["measures"] == {"warn": 1}
    bad = tmp_path / "ladder.toml"
    bad.write_text("version = 1\n")
    done = run(world, "ladder", "simulate", bad)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    refused = run(world, "ladder", "activate", bad, "--officer", "nobody")
    assert (refused.returncode, refused.stderr.strip()) == (1, "Error: no officer nobody")


def test_switches(world):
    assert run(world, "halt").returncode == 0
    assert run(world, "resume").returncode == 0
    assert ok(world, "go-live", "connection")[0]["live"][0].startswith("connection/")
    done = run(world, "go-live", "weather")
    assert (done.returncode, done.stderr.strip()) == (1, "Error: category.unknown: no policy row for weather")


def test_outside_synthetic_folders_an_approver_is_needed(data_folder):
    ok(data_folder, "init")
    done = run(data_folder, "go-live", "messaging")
    assert (done.returncode, done.stderr.strip()) == (1, "Error: leaving rehearsal needs an approver: --officer NAME")
    run(data_folder, "officers", "add", "sato", "--roles", "handler")
    assert run(data_folder, "go-live", "messaging", "--officer", "sato").stderr.strip() == "Error: sato has not the role approver"
    run(data_folder, "officers", "add", "suzuki", "--roles", "approver")
    assert "messaging/spam" in ok(data_folder, "go-live", "messaging", "--officer", "suzuki")[0]["live"]


def test_outcomes_and_refusals(world):
    assert ok(world, "case", "outcomes")[0]["cases"] == 1
    assert ok(world, "refusals", "check", "--name", "山田 花子", "--born", "1980-04-01", "--phone", "03-1234-5678")[0]["refused"] is False


def test_play(data_folder):
    done = run(data_folder, "play", *sorted(EXAMPLES.glob("0[01]-*.jsonl")), "--jsonl")
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert {line["change"] for line in lines if "change" in line} == {"case", "measure", "notice"}
    assert all(line["ok"] for line in lines if "expect" in line)
    assert not Path(data_folder["SEKIMORI_DATA"]).exists(), "a play touches no folder but its own"


@pytest.mark.parametrize(("line", "says"), [
    ({"event": "network", "prefix": "198.18.0.0/15", "kind": "radius", "colour": "red"}, "network has no field 'colour'"),
    ({"event": "party"}, "unknown event 'party'"),
    ({"event": "expect", "contract": "C1", "review": 1}, "expect with a contract has no 'review'"),
    ({"event": "network", "prefix": "198.18.0.0/15", "kind": "moon"}, "network refused"),
    ({"event": "report", "make": {"format": "arf", "reporter": "a@b.example", "category": "messaging/spam", "smell": 1}}, "make has no field 'smell'"),
    ({"event": "report", "make": {"format": "arf", "reporter": "a@b.example", "category": "connection/ddos"}}, "ARF reports mail"),
    ({"event": "delivered", "contract": "C9"}, "no contract 'C9'"),
])
def test_broken_scenarios_are_one_clear_line(data_folder, tmp_path, line, says):
    path = tmp_path / "x.jsonl"
    path.write_text(json.dumps({"at": story.at(2), **line}) + "\n")
    done = run(data_folder, "play", path, "--jsonl")
    assert done.returncode == 1
    assert says in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_failed_expectation_is_exit_1(data_folder, tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_text(json.dumps({"at": story.at(2), "event": "expect", "review": 7}) + "\n")
    done = run(data_folder, "play", path, "--jsonl")
    assert done.returncode == 1
    told = json.loads(done.stdout)
    assert (told["ok"], told["found"]) == (False, {"review": 0})
