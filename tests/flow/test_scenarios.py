"""Every scenario of this folder plays to its expected end, through doors, stages and services, on the engine under test."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from sekimori.demo.play.player import play
from sekimori.settings import current, use
from sekimori.settings.folder import ensure

SCENARIOS = sorted((Path(__file__).parent / "scenarios").glob("*.jsonl"))
pytestmark = pytest.mark.django_db


@pytest.fixture
def synthetic(tmp_path):
    """A synthetic folder of its own: no file of another scenario's policy is seen."""
    before = current()
    use(replace(before, data=tmp_path, synthetic=True))
    ensure(current())
    yield
    use(before)


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda p: p.stem)
def test_scenario(path, synthetic):
    lines = []
    result = play(path, lines.append)
    wrong = [line for line in map(json.loads, lines) if line.get("ok") is False]
    assert not wrong
    assert result.failed == 0
    assert result.expectations > 0


def test_there_are_enough():
    assert len(SCENARIOS) >= 40
