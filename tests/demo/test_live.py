"""`play --live`: the story's mail by real servers, measures on real servers, and the servers asked what a member may do."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

import dovecot
import freeradius
import postfix
from sekimori.cli.main import root
from sekimori.demo.live import equipment
from support import need

SCENARIOS = Path(__file__).parents[1] / "flow/scenarios"
PLAY = "from sekimori.cli.main import root; root(prog_name='sekimori')"
LYING = f"""
import sekimori.cli.django as start
honest = start.setup

def setup():
    honest()
    from sekimori.demo.live import check
    from sekimori.enforcement.actuators.contract import Done
    from sekimori.enforcement.actuators.postfix.actuator import Postfix
    Postfix.apply = lambda self, order: Done("postfix", True)
    check.WAIT_S = 1

start.setup = setup
{PLAY}
"""
"""The same command, whose Postfix claims to have done what it was ordered, and does nothing."""


def played(*names, code=PLAY):
    """Play scenarios in a process of its own; returns (exit code, lines, standard error)."""
    paths = [str(next(SCENARIOS.glob(f"{name}-*.jsonl"))) for name in names]
    environ = {k: v for k, v in os.environ.items() if not k.startswith("SEKIMORI_")}
    done = subprocess.run([sys.executable, "-c", code, "play", *paths, "--jsonl", "--quiet", "--live"], capture_output=True, text=True, timeout=300, env=environ)
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr


@pytest.fixture
def servers():
    need("postfix", postfix.usable())
    need("dovecot", dovecot.usable())
    need("freeradius", freeradius.usable())


@pytest.mark.servers
@pytest.mark.slow
def test_restricted_filtered_and_released_for_real(servers):
    code, lines, error = played("02", "42")
    assert code == 0, (error, [line for line in lines if line.get("ok") is False])
    members = [line for line in lines if line.get("live") == "member"]
    restricted = [m for m in members if not m["send"]]
    assert restricted and all(m["held"] == m["queued"] > 0 and m["read"] for m in restricted)
    assert members[-1]["send"] or "42" in members[-1]["file"]
    assert any(m["line"] == "filtered" for m in members) and any(m["line"] == "on" for m in members)
    letters = [line for line in lines if line.get("live") == "letters"]
    assert len(letters) == 2 and all(m["ok"] and m["sent"] == m["arrived"] > 0 for m in letters)


@pytest.mark.servers
@pytest.mark.slow
def test_a_measure_that_reached_no_server_fails(servers):
    code, lines, error = played("02", code=LYING)
    wrong = [line for line in lines if line.get("ok") is False]
    assert code == 1, error
    assert wrong and not error and all(line["live"] == "member" and line["send"] and not line["wanted"]["send"] for line in wrong)


@pytest.mark.parametrize("away", ["Postfix", "Dovecot", "FreeRADIUS"])
def test_what_is_missing_is_named(monkeypatch, away):
    monkeypatch.setattr(os, "getuid", lambda: 0)
    monkeypatch.setattr(equipment, "SERVERS", {name: ((lambda name=name: name != away), packages) for name, (_, packages) in equipment.SERVERS.items()})
    done = CliRunner().invoke(root, ["play", str(SCENARIOS / "06-brake.jsonl"), "--live"])
    assert done.exit_code == 1
    assert done.output.startswith(f"Error: play --live needs {away}: apt install ") and done.output.count("\n") == 1


def test_without_root(monkeypatch):
    monkeypatch.setattr(os, "getuid", lambda: 1000)
    done = CliRunner().invoke(root, ["play", str(SCENARIOS / "06-brake.jsonl"), "--live"])
    assert done.exit_code == 1 and "want root" in done.output
