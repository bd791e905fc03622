"""A month of the provider: every reported member warned once, nobody else, and no notice to a wrong contract."""

import importlib.util
import json
from pathlib import Path

import pytest

import story
from sekimori.demo.play.player import play
from sekimori.settings import use

pytestmark = pytest.mark.django_db
spec = importlib.util.spec_from_file_location("month", Path(__file__).with_name("month.py"))
month = importlib.util.module_from_spec(spec)
spec.loader.exec_module(month)


@pytest.mark.parametrize(("members", "reports"), [(60, 40), pytest.param(2000, 400, marks=pytest.mark.soak)])
def test_a_month(tmp_path, members, reports):
    before = story.enter(tmp_path)
    try:
        path = tmp_path / "month.jsonl"
        path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in month.month(members, reports)), encoding="utf-8")
        told = []
        result = play(path, told.append, changes=False)
    finally:
        use(before)
    wrong = [line for line in map(json.loads, told) if line.get("ok") is False]
    assert not wrong[:3]
    assert result.expectations == members + 1
