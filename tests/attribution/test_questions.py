"""Queries as questions: times, zones, addresses; nothing that is given raises."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekimori.attribution.findings import offset_in
from sekimori.attribution.questions import digest, from_line, from_mapping

SECOND = 1_000_000
T = 1_790_812_800 * SECOND  # 2026-10-01T00:00:00Z


def windows(**value):
    return [(x.lo - T, x.hi - T, x.zone) for x in from_mapping({"ip": "198.18.0.7"} | value).windows]


def test_windows_of_a_time():
    assert windows(time="2026-10-01T00:00:00Z", error_s=2) == [(-2 * SECOND, 3 * SECOND - 1, "")]
    assert windows(time="2026-10-01T09:00:00+09:00", zone="stated", error_s=0) == [(0, SECOND - 1, "")]
    assert windows(time="2026-10-01T00:00:00.500000Z", error_s=0) == [(500_000, 500_000, "")]
    nine = 9 * 3600 * SECOND
    for zoneless in ({"time": "2026-10-01T00:00:00"}, {"time": "2026-10-01T00:00:00", "zone": "none"}, {"time": "2026-10-01T00:00:00Z", "zone": "none"}):
        assert windows(error_s=0, **zoneless) == [(0, SECOND - 1, "UTC"), (-nine, SECOND - 1 - nine, "JST")]
    assert windows(time="2026-10-01T00:00:00Z") == [(-60 * SECOND, 61 * SECOND - 1, "")]


@pytest.mark.parametrize(("value", "fault"), [
    ({"ip": "1.2.3"}, "bad_address"), ({"ip": 7}, "bad_address"), ({"ip": "198.18.0.7", "port": 70000}, "bad_port"), ({"ip": "198.18.0.7", "port": True}, "bad_port"),
    ({"ip": "198.18.0.7", "time": "yesterday"}, "bad_time"), ({"ip": "198.18.0.7", "time": 5}, "bad_time"), ({"ip": "198.18.0.7", "error_s": -1}, "bad_error"),
    ({"ip": "198.18.0.7", "error_s": float("nan")}, "bad_error"), ({"ip": "198.18.0.7", "time": "0001-01-01T00:00:00+14:00"}, "bad_time"),
])
def test_faults_are_named(value, fault):
    assert from_mapping(value).fault == fault


@given(st.text(max_size=200))
def test_no_line_raises(line):
    from_line(line)


values = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40), lambda c: st.lists(c, max_size=2), max_leaves=3)


@given(st.dictionaries(st.sampled_from(["id", "ip", "port", "proto", "time", "zone", "error_s", "login", "queue_id", "host", "message_id", "group"]), values))
def test_no_value_raises(value):
    _number, question = from_line(json.dumps(value))
    assert question.fault or question.windows or value.get("time") is None


def test_deep_and_long_lines_are_bad_queries():
    assert from_line("[" * 60_000)[1].fault == "bad_query"
    assert from_line("x" * 70_000)[1].fault == "bad_query"
    assert from_line("[]")[1].fault == "bad_query"


def test_the_digest_is_over_the_lines():
    import hashlib

    assert digest(["a", "b"]) == hashlib.sha256(b"a\nb").hexdigest()


@pytest.mark.parametrize(("text", "want"), [
    ("Mon, 2 Nov 2026 08:40:00 +0900", 32400), ("2026-11-02T08:40:00-05:00", -18000), ("2026-11-02 08:40:00", None), ("2026-11-02", None), ("", None)])
def test_the_offset_that_a_text_states(text, want):
    assert offset_in(text) == want
