"""Every word is there in both languages, and every stable id that src writes has words."""

import ast
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

import sekimori
from sekimori import words

SRC = Path(sekimori.__file__).parent
ACT = re.compile(r"[a-z_]+\.[a-z_]+")


@pytest.mark.parametrize("kind", words.kinds())
def test_every_entry_is_complete(kind):
    import tomllib

    entries = tomllib.loads((SRC / "words" / "data" / f"{kind}.toml").read_text(encoding="utf-8"))
    assert entries
    for code, entry in entries.items():
        assert set(entry) == {"ja", "en"}, code
        assert entry["ja"].strip() and entry["en"].strip(), code
        assert entry["en"].isascii() or "–" in entry["en"], f"{kind}.{code}: English text with other letters"


def test_an_unknown_id_is_shown_as_itself():
    assert words.say("step", "no_such_step", "ja") == "no_such_step"
    with pytest.raises(KeyError):
        words.say("no_such_kind", "x", "ja")


def acts_in(source: str) -> set[str]:
    """Return the act ids that a module writes: second argument of write(), third of record(), `act=` of any call."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        candidates = [k.value for k in node.keywords if k.arg == "act"]
        if name in ("write", "ledger_write", "_write") and len(node.args) >= 2:
            candidates.append(node.args[1])
        if name == "record" and len(node.args) >= 3:
            candidates.append(node.args[2])
        found |= {c.value for c in candidates
                  if isinstance(c, ast.Constant) and isinstance(c.value, str) and ACT.fullmatch(c.value)}
    return found


def test_the_scan_finds_acts():
    assert acts_in('write(actor, "case.suspended", x, {}, now)\nPrepared(w, act="reports.read")') == {"case.suspended", "reports.read"}


def test_every_act_in_src_has_words():
    missing = {act: path.relative_to(SRC) for path in SRC.rglob("*.py") for act in acts_in(path.read_text(encoding="utf-8"))
               if not words.has("act", act)}
    assert not missing, f"add these to words/data/act.toml: {missing}"


def test_dates_name_their_zone():
    instant = datetime(2026, 11, 24, 3, 5, 9, tzinfo=UTC)
    assert words.jst(instant, "ja") == "2026年11月24日(火) 12:05:09 JST"
    assert words.jst(instant, "en") == "Tue 24 Nov 2026, 12:05:09 JST"
    assert words.jst(instant, "ja", "date") == "2026年11月24日(火) JST"
    assert words.jst(instant, "en", "minute") == "Tue 24 Nov 2026, 12:05 JST"
    assert words.jst(datetime(2026, 12, 31, 15, 0, tzinfo=UTC), "ja", "date") == "2027年1月1日(金) JST"
