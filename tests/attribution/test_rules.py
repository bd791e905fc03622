"""The rules of certainty, one by one and against a naive reading of the same definition."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekimori.assignments.types import Row
from sekimori.attribution.rules import ALL, combine, cover, intersect, joined, owners, verdict, within
from sekimori.attribution.types import EDGE, INFERRED, OPEN, WHOLE, Answer, Certainty, Step, Trail, Verdict, Window
from sekimori.contracts.lookup import Owner

ROW = Row(1, "", 7, 1000, 2000, "login:u", "radius-detail", True, False, 0, 0, None, "nas", 0, 1)


def w(lo, hi, zone=""):
    return Window(lo, hi, zone)


@pytest.mark.parametrize(("change", "window", "rank", "why"), [
    ({}, w(1100, 1200), WHOLE, ""),
    ({}, w(1000, 2000), WHOLE, ""),
    ({}, w(999, 1200), EDGE, "window_at_edge"),
    ({}, w(1900, 2001), EDGE, "window_at_edge"),
    ({}, w(0, 999), None, ""),
    ({}, w(2001, 2100), None, ""),
    ({}, w(2000, 2100), EDGE, "window_at_edge"),
    ({"last_seen": 1500}, w(1600, 1700), WHOLE, ""),
    ({"start_error_us": 50, "end_error_us": 50}, w(2050, 2100), EDGE, "window_at_edge"),
    ({"start_error_us": 50, "end_error_us": 50}, w(1049, 1200), EDGE, "window_at_edge"),
    ({"start_error_us": 50, "end_error_us": 50}, w(1050, 1950), WHOLE, ""),
    ({"start_error_us": 50, "end_error_us": 50}, w(960, 990), EDGE, "window_at_edge"),
    ({"start_error_us": 50, "end_error_us": 50}, w(2040, 2100), EDGE, "window_at_edge"),
    ({"start_error_us": 50, "end_error_us": 50}, w(2051, 2100), None, ""),
    ({"closed": False, "end": None, "last_seen": 1500}, w(1100, 1500), OPEN, ""),
    ({"closed": False, "end": None, "last_seen": 1500}, w(1100, 1501), INFERRED, "not_seen_since"),
    ({"closed": False, "end": None}, w(1100, 99_999), OPEN, ""),
    ({"closed": False, "inferred_end": True, "last_seen": 1500}, w(1400, 1500), OPEN, ""),
    ({"closed": False, "inferred_end": True, "last_seen": 1500}, w(1600, 1700), INFERRED, "end_inferred"),
    ({"closed": False, "inferred_end": True, "last_seen": 1500}, w(1900, 2100), EDGE, "window_at_edge"),
    ({"closed": False, "inferred_end": True, "last_seen": 1500, "end_error_us": 50}, w(1900, 1950), INFERRED, "end_inferred"),
    ({"closed": False, "inferred_end": True, "last_seen": 1500, "end_error_us": 50}, w(1900, 1951), EDGE, "window_at_edge"),
    ({"closed": False, "inferred_end": True}, w(1100, 1200), INFERRED, "end_inferred"),
])
def test_cover(change, window, rank, why):
    grade = cover(ROW._replace(**change), window)
    assert (grade.rank, grade.why) == (rank, why) if rank is not None else grade is None


times = st.integers(0, 60)


@given(st.tuples(times, times), times, st.one_of(st.none(), times), st.booleans(), st.one_of(st.none(), times), st.integers(0, 5))
def test_cover_agrees_with_every_instant_looked_at(window, start, end, closed, seen, error):
    """Certain = at every possible position of the edges the record holds; none = at no position it touches."""
    lo, hi = sorted(window)
    if end is not None and end < start:
        start, end = end, start
    if closed and end is None:
        closed = False
    row = ROW._replace(start=start, end=end, closed=closed, inferred_end=not closed and end is not None, last_seen=None if closed else seen,
                       start_error_us=error, end_error_us=error)
    grade = cover(row, w(lo, hi))
    far = 10_000
    touches = any(start - error <= t <= (far if end is None else end + error) for t in range(lo, hi + 1))
    assert (grade is not None) == touches
    if grade is None:
        return
    alive = end - error if closed else (min(seen if seen is not None else (far if end is None else start - 1), far if end is None else end - error))
    whole = all(start + error <= t <= alive for t in range(lo, hi + 1))
    assert (grade.rank <= OPEN) == whole
    assert grade.rank != WHOLE or closed


@pytest.mark.parametrize(("lo", "hi", "window", "rank"), [
    (0, 10, w(2, 9), WHOLE), (2, 10, w(2, 9), WHOLE), (0, 10, w(2, 10), EDGE), (0, 10, w(10, 12), None), (5, 10, w(4, 6), EDGE), (5, 10, w(1, 4), None)])
def test_a_validity_ends_at_its_first_instant_without(lo, hi, window, rank):
    grade = within(lo, hi, window)
    assert (None if grade is None else grade.rank) == rank


def test_owners_of_a_reused_login():
    both = (Owner(1, 0, 10), Owner(2, 10, 99))
    assert [(o.contract, g.rank) for o, g in owners(both, w(2, 3))] == [(1, WHOLE)]
    assert [(o.contract, g.rank) for o, g in owners(both, w(9, 10))] == [(1, EDGE), (2, EDGE)]
    assert owners(both, w(200, 201)) == []


def trail(contract, rank=WHOLE, row=1, why=""):
    return Trail((Step("row", rank, why, ROW._replace(id=row)),), contract, f"login:u{contract}", "radius")


@pytest.mark.parametrize(("trails", "certainty", "contract", "candidates"), [
    ([], "none", None, 0),
    ([trail(1)], "exact", 1, 1),
    ([trail(1, OPEN)], "exact_open", 1, 1),
    ([trail(1, INFERRED)], "inferred", None, 1),
    ([trail(1, EDGE)], "boundary", None, 1),
    ([trail(1), trail(1, EDGE)], "exact", 1, 1),
    ([trail(1), trail(2, EDGE)], "boundary", None, 2),
    ([trail(1, EDGE), trail(2, EDGE), trail(3, EDGE)], "boundary", None, 3),
    ([trail(1), trail(2)], "several", None, 2),
    ([trail(1), trail(2, OPEN)], "several", None, 2),
    ([trail(1), trail(2, INFERRED)], "several", None, 2),
    ([trail(None)], "none", None, 0),
    ([trail(1), trail(None)], "several", None, 2),
    ([trail(1), trail(None, EDGE)], "boundary", None, 2),
])
def test_verdict(trails, certainty, contract, candidates):
    found = verdict(trails, "no_record", "radius")
    assert (found.certainty, found.contract, found.candidates) == (certainty, contract, candidates)


@given(st.lists(st.tuples(st.sampled_from([None, 1, 2, 3]), st.integers(WHOLE, EDGE)), max_size=6))
def test_nobody_is_named_beside_a_rival(pairs):
    found = verdict([trail(c, r) for c, r in pairs], "no_record", "radius")
    if found.contract is not None:
        assert {c for c, _ in pairs} == {found.contract}
        assert min(r for _, r in pairs) <= OPEN
    else:
        assert found.certainty not in ("exact", "exact_open")


def reading(zone, *trails):
    return w(0, 1, zone), verdict(trails, "no_record", "radius")


def test_readings_of_a_time_without_zone():
    same = combine([reading("UTC", trail(1)), reading("JST", trail(1, OPEN))])
    assert (same.certainty, same.contract) == ("exact_open", 1)
    differ = combine([reading("UTC", trail(1)), reading("JST", trail(2))])
    assert (differ.certainty, differ.contract, differ.candidates) == ("zone_ambiguous", None, 2)
    half = combine([reading("UTC", trail(1)), reading("JST")])
    assert (half.certainty, half.contract, half.candidates) == ("zone_ambiguous", None, 1)
    by_two_logins = combine([reading("UTC", trail(1), trail(1)._replace(holder="circuit:c1")), reading("JST")])
    assert by_two_logins.candidates == 1
    nobody = combine([reading("UTC"), reading("JST")])
    assert (nobody.certainty, nobody.why) == ("none", "no_record")
    edges = combine([reading("UTC", trail(1, EDGE)), reading("JST", trail(1, EDGE))])
    assert edges.certainty == "zone_ambiguous"
    shared = Verdict(Certainty.SEVERAL, None, 256, "mape", "port_missing")
    assert combine([(w(0, 1), shared), (w(5, 6), shared)]).candidates == 256


def answer(*trails):
    return combine([reading("", *trails)])


def test_an_event_at_an_edge_is_settled_by_one_inside_the_same_session():
    edge, sure = answer(trail(1, EDGE, 10, "window_at_edge"), trail(2, EDGE, 11, "window_at_edge")), answer(trail(1, WHOLE, 10))
    settled = intersect([edge, sure])
    assert [(a.certainty, a.contract, a.why) for a in settled] == [("exact", 1, "events_intersected"), ("exact", 1, "")]
    # Another session of the same contract settles nothing, nor do certain events that name two contracts.
    assert intersect([edge, answer(trail(1, WHOLE, 99))])[0] is edge
    crossed = answer(trail(2, EDGE, 10, "window_at_edge"), trail(1, EDGE, 11, "window_at_edge"))
    assert intersect([crossed, sure])[0] is crossed
    assert intersect([edge, sure, answer(trail(2, WHOLE, 11))])[0] is edge
    assert intersect([edge]) == [edge]


def test_what_is_no_matter_of_time_is_not_settled_by_other_events():
    several = Answer(Certainty.SEVERAL, None, 64, "mape", "port_missing", windows=((w(0, 1), Verdict(Certainty.SEVERAL)),))
    assert intersect([several, answer(trail(1))])[0] is several
    zones = combine([reading("UTC", trail(1)), reading("JST", trail(2))])
    assert intersect([zones, answer(trail(1))])[0] is zones


def test_an_act_that_lasted_needs_one_contract_at_both_ends():
    assert joined(answer(trail(1)), answer(trail(1, OPEN))).certainty == "exact_open"
    both = joined(answer(trail(1)), answer(trail(2)))
    assert (both.certainty, both.contract, both.candidates, both.why) == ("boundary", None, 2, "span_over_change")
    assert joined(answer(trail(1)), answer()).certainty == "boundary"
    assert joined(answer(), answer(trail(1))).certainty == "none"


def test_switching_a_guard_off_is_not_the_default():
    assert all(getattr(ALL, name) for name in ("window", "closed", "zones", "ports", "validity", "clock", "overlap"))
    assert replace(ALL, clock=False) != ALL
