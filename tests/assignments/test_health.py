import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekimori.assignments.health import (
    LAG_US,
    Pulse,
    confirm_jump,
    declare,
    feeds,
    feeds_for,
    health,
    pulse_of,
    save_pulse,
    without,
)
from sekimori.assignments.models import ClockJump, FeedGap
from sekimori.values.actors import Actor

MIN = 60_000_000
T = 1_790_000_000_000_000


def beats(pulse, *spans, step=MIN):
    for lo, hi in spans:
        for t in range(T + lo * MIN, T + hi * MIN + 1, step):
            pulse.beat(t)
    return pulse


def test_silence_is_a_gap_only_beyond_the_feeds_own_quiet():
    busy = beats(Pulse(), (0, 100), (120, 200))
    assert busy.gaps == [(T + 100 * MIN, T + 120 * MIN)]
    quiet = beats(Pulse(), (0, 1000), (1060, 2000), step=10 * MIN)
    assert quiet.gaps == [] and quiet.threshold > LAG_US


def test_nothing_is_called_a_gap_while_learning():
    assert beats(Pulse(), (0, 5), (60, 65)).gaps == []


def test_records_out_of_order_make_no_gap():
    pulse = Pulse()
    for n in range(200):
        pulse.beat(T + n * MIN - (n % 7) * 20_000_000)
    assert pulse.gaps == [] and pulse.first == T


@given(st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100)), max_size=5), st.integers(0, 50), st.integers(51, 100))
def test_without_is_set_difference(spans, lo, hi):
    covered = [[min(s) * MIN * 100, max(s) * MIN * 100] for s in spans]
    left = without((lo * MIN * 100, hi * MIN * 100), covered)
    for minute in range(100):
        t = minute * MIN * 100 + MIN * 50
        inside = lo * MIN * 100 < t < hi * MIN * 100 and not any(a <= t <= b for a, b in covered)
        assert any(a <= t <= b for a, b in left) == inside


@pytest.mark.django_db
def test_verdicts_about_windows():
    save_pulse("radius", "radius-detail", "", True, beats(Pulse(), (0, 100), (200, 300)), T)
    assert health("radius", T + 10 * MIN, T + 20 * MIN).state == "ok"
    assert health("radius", T + 90 * MIN, T + 101 * MIN) == ("gap", "silence", "radius")
    assert health("radius", T + 150 * MIN, T + 151 * MIN).state == "gap"
    assert health("radius", T - MIN, T + MIN) == ("gap", "before_first_record", "radius")
    assert health("radius", T + 299 * MIN, T + 310 * MIN).state == "ok"
    assert health("radius", T + 299 * MIN, T + 321 * MIN) == ("lag", "after_last_record", "radius")
    assert health("radius", T + 299 * MIN, T + 301 * MIN, now=T + 400 * MIN).state == "lag"
    assert health("radius", T + 299 * MIN, T + 300 * MIN, now=T + 400 * MIN).state == "ok"
    assert health("other", T, T) == ("gap", "never_loaded", "other")
    assert feeds_for("radius") == ["radius"] and feeds_for("cgnat") == []


@pytest.mark.django_db
def test_a_file_loaded_later_closes_the_gap():
    save_pulse("radius", "radius-detail", "", True, beats(Pulse(), (0, 100), (200, 300)), T)
    pulse = beats(pulse_of("radius"), (90, 210))
    save_pulse("radius", "radius-detail", "", True, pulse, T)
    assert not FeedGap.objects.exists()
    assert health("radius", T + 150 * MIN, T + 151 * MIN).state == "ok"
    assert pulse_of("radius").last == T + 300 * MIN


@pytest.mark.django_db
def test_tables_are_never_silent():
    declare("play", "static-csv")
    assert health("play", 0, T).state == "ok"


@pytest.mark.django_db
def test_a_jump_waits_for_a_person():
    save_pulse("radius", "radius-detail", "", True, beats(Pulse(), (0, 300)), T)
    jump = ClockJump.objects.create(feed="radius", device="192.0.2.1", at=T + 100 * MIN, before=0, after=40_000_000)
    assert health("radius", T + 101 * MIN, T + 102 * MIN, device="192.0.2.1") == ("offset_jump", "clock_jumped", "radius")
    assert health("radius", T + 50 * MIN, T + 60 * MIN, device="192.0.2.1").state == "ok"
    assert health("radius", T + 101 * MIN, T + 102 * MIN, device="192.0.2.2").state == "ok"
    assert confirm_jump(jump.pk, Actor("officer", "7"), T)
    assert not confirm_jump(jump.pk, Actor("officer", "7"), T)
    assert health("radius", T + 101 * MIN, T + 102 * MIN, device="192.0.2.1").state == "ok"
    assert [j["confirmed"] for j in feeds()[0]["jumps"]] == [T]
