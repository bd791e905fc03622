"""What the other tests of the rules let live: each of these kills a mutant (test_mutants.py)."""

import pytest

from sekimori.assignments.types import Row
from sekimori.attribution.rules import ALL, Guards, combine, cover, doubtful, intersect, joined, owners, verdict
from sekimori.attribution.types import EDGE, INFERRED, OPEN, WHOLE, Answer, Certainty, Step, Trail, Verdict, Window
from sekimori.contracts.lookup import Owner

ROW = Row(1, "", 7, 1000, 2000, "login:u", "radius-detail", True, False, 0, 0, None, "nas", 0, 1)


def off(name):
    return Guards(**{name: False})


def trail(contract, rank=WHOLE, how="radius", holder="login:u", detail=ROW):
    return Trail((Step("row", rank, "", detail),), contract, holder, how)


@pytest.mark.parametrize(("row", "window", "rank"), [
    (ROW, Window(900, 1000), EDGE),  # they share one instant: not apart
    (ROW, Window(900, 999), None),
    (ROW._replace(end_error_us=50), Window(1100, 1951), EDGE),
    (ROW._replace(closed=False, end=2000, inferred_end=True, last_seen=1900, end_error_us=50), Window(1800, 1960), EDGE),
    (ROW._replace(end_error_us=50), Window(1100, 2040), EDGE),
])
def test_where_a_record_begins_and_ends(row, window, rank):
    grade = cover(row, window)
    assert (None if grade is None else grade.rank) == rank


def test_each_guard_switched_off_is_off():
    blurred = ROW._replace(start_error_us=50, end_error_us=50)
    assert cover(blurred, Window(1000, 2000)).rank == EDGE and cover(blurred, Window(1000, 2000), off("clock")).rank == WHOLE
    open_row = ROW._replace(closed=False, end=None, last_seen=1500)
    assert cover(open_row, Window(1100, 1800)).rank == INFERRED and cover(open_row, Window(1100, 1800), off("closed")).rank == OPEN
    both = (Owner(1, 0, 10), Owner(2, 10, 99))
    assert [(o.contract, g.rank) for o, g in owners(both, Window(50, 51), off("validity"))] == [(1, WHOLE)]
    assert verdict([trail(1), trail(2)], "", "", off("overlap")).contract == 1
    readings = [(None, Verdict(Certainty.EXACT, 1, 1)), (None, Verdict(Certainty.EXACT, 2, 1))]
    assert combine(readings).contract is None and combine(readings, off("zones")).contract == 1
    assert Guards() == ALL


def test_the_best_trail_of_a_holder_leads_and_of_equals_the_first():
    assert verdict([trail(1, EDGE), trail(1)], "", "").certainty == "exact"
    assert verdict([trail(1, how="first"), trail(1, how="second")], "", "").how == "first"


def test_holders_without_a_contract_are_people_too():
    found = verdict([trail(None, holder="login:a"), trail(None, holder="login:b")], "", "")
    assert (found.certainty, found.candidates) == ("several", 2)
    readings = [(None, Verdict(Certainty.EXACT, 1, 1, trails=(trail(1),))),
                (None, Verdict(Certainty.NONE, trails=(trail(None, holder="login:a"), trail(None, holder="login:b"))))]
    assert (combine(readings).certainty, combine(readings).candidates) == ("zone_ambiguous", 3)


def test_doubt_takes_a_name_away_and_leaves_what_named_nobody():
    named, nobody = Verdict(Certainty.EXACT_OPEN, 1, 1, "radius", ""), Verdict(Certainty.SEVERAL, None, 4, "cgnat", "port_missing")
    assert doubtful(named, "clock_jumped") == Verdict(Certainty.BOUNDARY, None, 1, "radius", "clock_jumped")
    assert doubtful(nobody, "clock_jumped") is nobody


def test_two_ways_of_not_knowing_are_no_common_answer():
    readings = [(None, Verdict(Certainty.SEVERAL, None, 2)), (None, Verdict(Certainty.NONE))]
    assert combine(readings).certainty == "zone_ambiguous"


def answer(certainty, contract=None, why="", trails=(), windows=1, candidates=1):
    reading = (None, Verdict(certainty, contract, 1, trails=tuple(trails)))
    return Answer(certainty, contract, candidates, "radius", why, windows=(reading,) * windows)


SURE = answer(Certainty.EXACT, 1, trails=[trail(1)])


def test_only_a_boundary_at_the_windows_edge_is_settled():
    edge = answer(Certainty.BOUNDARY, why="window_at_edge", trails=[trail(1, EDGE), trail(2, EDGE)], candidates=2)
    settled = intersect([SURE, edge])
    assert settled[0] is SURE and (settled[1].contract, settled[1].candidates, settled[1].why) == (1, 1, "events_intersected")
    for unlike in (answer(Certainty.INFERRED, why="window_at_edge", trails=[trail(1, EDGE)]), answer(Certainty.BOUNDARY, why="network_changed", trails=[trail(1, EDGE)]),
                   answer(Certainty.BOUNDARY, why="window_at_edge", trails=[trail(1, EDGE)], windows=2)):
        assert intersect([SURE, unlike])[1] is unlike, unlike.why


def test_what_has_no_session_settles_nothing():
    """A mail's trail has no interval: "none" and "none" are not the same session."""
    sure = answer(Certainty.EXACT, 1, trails=[trail(1, detail=None)])
    edge = answer(Certainty.BOUNDARY, why="window_at_edge", trails=[trail(1, EDGE, detail=None)])
    assert intersect([sure, edge])[1] is edge


@pytest.mark.parametrize(("first", "last", "certainty", "contract", "candidates"), [
    (answer(Certainty.EXACT_OPEN, 1), answer(Certainty.EXACT, 1), "exact_open", 1, 1),
    (answer(Certainty.EXACT, 1), answer(Certainty.EXACT_OPEN, 1), "exact_open", 1, 1),
    (answer(Certainty.EXACT, 1), answer(Certainty.INFERRED, 1, candidates=0), "boundary", None, 1),
    (answer(Certainty.EXACT, 1), answer(Certainty.EXACT, 2), "boundary", None, 2),
    (answer(Certainty.EXACT, 1), answer(Certainty.NONE, candidates=0), "boundary", None, 1),
    (Answer(Certainty.EXACT, 1), Answer(Certainty.NONE), "boundary", None, 1),
])
def test_an_act_that_lasted(first, last, certainty, contract, candidates):
    found = joined(first, last)
    assert (found.certainty, found.contract, found.candidates) == (certainty, contract, candidates)
