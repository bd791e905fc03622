"""Everything that is wrong with a ladder is told at once, with field and line, in both languages; no text makes it raise."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekimori import words
from sekimori.policy import files
from sekimori.policy.ladderfile import PLAIN, TABLES, lines, read_ladder

TEXT = (files.SHIPPED / "ladder.toml").read_text(encoding="utf-8")


def changed(*pairs):
    text = TEXT
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    return text


def line_of(text, start):
    return next(i for i, line in enumerate(text.splitlines(), 1) if line.startswith(start))


def test_the_shipped_ladder_has_no_fault():
    ladder, faults = read_ladder(TEXT)
    assert faults == []
    assert ladder.grace_hours == 72
    assert ladder.paths["messaging"] == ("warn", "restrict_mail", "suspend_line", "terminate")


@pytest.mark.parametrize(("old", "new", "code", "field", "starts"), [
    ("grace_hours = 72 ", "grace_hours = -1 ", "negative", "grace_hours", "grace_hours"),
    ("grace_hours = 72 ", 'grace_hours = "x" ', "type_int", "grace_hours", "grace_hours"),
    ("grace_hours = 72 ", "grace_hours = 10000000000000000000000 ", "huge", "grace_hours", "grace_hours"),
    ("agreeing_refuted_percent = 5.0", "agreeing_refuted_percent = nan", "huge", "agreeing_refuted_percent", "agreeing_refuted_percent"),
    ("grace_hours = 72 ", "grace_hours = true ", "type_int", "grace_hours", "grace_hours"),
    ('version = "2026-11-24"', 'version = ""', "version", "version", "version"),
    ("unlocks = 2", "unlokcs = 2", "unknown", "unlokcs", "unlokcs"),
    ("suspend_line = 30", "suspend_line = 400", "cap", "period_days.suspend_line", "suspend_line = 400"),
    ("suspend_line = 30", "suspend_line = 0", "zero", "period_days.suspend_line", "suspend_line = 0"),
    ("restrict_b = 2", "restrict_c = 2", "names", "approvals.restrict_c", "restrict_c"),
    ("terminate = 2\n", "terminate = 1\n", "two_persons", "approvals.terminate", "terminate = 1"),
    ("restrict_a = 1", "restrict_a = 3", "grade_b", "approvals.restrict_b", "restrict_b"),
    ("window_to_hour = 16", "window_to_hour = 8", "window", "window_to_hour", "window_to_hour"),
    ('local = ["warn", ', 'local = ["brake", ', "steps", "paths.local", "local"),
    ('local = ["warn", ', 'local = ["terminate", ', "climb", "paths.local", "local"),
    ("[paths]", "[path]", "missing", "paths", ""),
])
def test_a_fault_names_its_line(old, new, code, field, starts):
    text = changed((old, new))
    found = {(f.code, f.field): f.line for f in read_ladder(text)[1]}
    assert found[code, field] == (line_of(text, starts) if starts else 0)


def test_all_faults_come_at_once_in_order_of_their_lines():
    text = changed(("continuing_days = 2 ", "continuing_days = 2.5 "), ("reset_clean_days = 180", "reset_clean_days = -5"), ("unlocks = 2 ", "#"))
    assert [(f.code, f.field) for f in read_ladder(text)[1]] == [("type_int", "continuing_days"), ("negative", "reset_clean_days"), ("missing", "unlocks")]


def test_toml_itself_tells_its_line():
    for broken, line in (("grace_hours = = 72 ", line_of(TEXT, "grace_hours")), ("grace_hours = [1, ", None)):
        fault = read_ladder(changed(("grace_hours = 72 ", broken)))[1][0]
        assert fault.code == "toml"
        assert fault.line == line or (line is None and fault.line > 0)


def test_every_fault_and_every_field_has_words():
    source = (files.SHIPPED / "ladderfile.py").read_text(encoding="utf-8")
    for code in words.ids("ladder_fault"):
        assert f'"{code}"' in source or code.startswith("type_"), code
    for field in (*(n for n in PLAIN if n != "version"), *(f"{t}.{n}" for t, names in TABLES.items() for n in names)):
        assert words.has("rule", field), field
        assert all("{n}" in words.say("rule", field, language) for language in words.LANGUAGES), field


def test_lines_knows_tables():
    found = lines(TEXT)
    assert found["period_days.suspend_line"] == line_of(TEXT, "suspend_line = 30")
    assert found["approvals.suspend_line"] == line_of(TEXT, "suspend_line = 2")
    assert found["paths"] == line_of(TEXT, "[paths]")


@given(st.text(max_size=400))
def test_no_text_raises(text):
    ladder, faults = read_ladder(text)
    assert ladder is None
    assert faults
    assert all(f.text and "\n" not in f.text for f in faults)


@given(st.integers(0, 2**32))
def test_no_mutation_raises(seed):
    rnd = random.Random(seed)
    text = list(TEXT)
    for _ in range(rnd.randint(1, 8)):
        text[rnd.randrange(len(text))] = rnd.choice(["", "\x00", "[", "]", "=", '"', "9", "\n", "界", "-", "{}", "'"])
    ladder, faults = read_ladder("".join(text))
    assert (ladder is None) == bool(faults)
    assert all(words.has("ladder_fault", f.code) for f in faults)


def test_deep_nesting_and_great_length_are_faults():
    assert read_ladder("x = " + "[" * 50_000)[1][0].code == "toml"
    assert read_ladder("#" * 100_001)[1][0].code == "too_long"
