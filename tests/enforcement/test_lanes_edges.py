"""Conditions of brake and victim lane, each taken away alone: these kill mutants (test_mutants_brake.py)."""

import pytest

from ladder_facts import DAY, HOUR, MONDAY, event, facts, measure, replace
from sekimori.enforcement.ladder.answers import Unmet
from sekimori.enforcement.ladder.lanes import calls, standing

ME = "u1@isp.example"


def alarm(trigger="brake", days=0.0, **more):
    return event(days, **({"own": True, "trigger": trigger, "login": ME, "domain": "", "confirmed": 0} | more))


CALLED = facts(events=(alarm(),))


@pytest.mark.parametrize(("change", "unmet"), [
    ({}, []),
    ({"events": (alarm(exact=False),)}, ["grade", "new_events", "certainty"]),
    ({"events": (alarm(own=False),)}, ["grade"]),
    ({"events": (alarm(authenticated=False),)}, ["grade"]),
    ({"events": (alarm("stolen"),)}, ["grade", "new_events"]),
    ({"events": (alarm(exact=False), event(0))}, ["grade", "new_events"]),
    ({"path": "connection"}, ["category"]),
    ({"live": {}}, ["rehearsal"]),
    ({"live": {"messaging/bulk_messaging": True}}, ["rehearsal"]),
    ({"events": (alarm(), event(0, category="messaging/bulk_messaging")), "live": {"messaging/bulk_messaging": True}}, ["rehearsal"]),
    ({"held": frozenset({"brake"})}, ["held"]),
    ({"held": frozenset({"restrict_mail"})}, []),
    ({"doubt": True}, ["held"]),
    ({"halted": True}, ["halt"]),
    ({"protected": "hospital"}, ["protected", "approval"]),
    ({"protected": "hospital", "approvals": {"brake": 1}}, []),
    ({"protected": "hospital", "approvals": {"restrict_mail": 1}}, ["protected", "approval"]),
    ({"now": MONDAY - 12 * HOUR}, []),
])
def test_what_the_brake_needs(change, unmet):
    found = standing(replace(CALLED, **change), "brake")
    assert [u.condition for u in found.unmet] == unmet
    assert found.step == "brake"


def test_values_and_dates_of_what_is_missing():
    night = MONDAY - 12 * HOUR
    unmet = {u.condition: u for u in standing(facts(now=night, protected="police", doubt=True, halted=True, path="connection", live={}), "stolen").unmet}
    assert set(unmet) == {"grade", "new_events", "certainty", "category", "protected", "approval", "rehearsal", "held", "halt", "window"}
    assert unmet["new_events"] == Unmet("new_events", "0", "1") and unmet["grade"] == Unmet("grade", "D", "A")
    assert unmet["protected"] == Unmet("protected", "police", "officer") and unmet["approval"] == Unmet("approval", "0", "1")
    assert standing(facts(events=(alarm("stolen"),)), "stolen").unmet == ()
    assert unmet["held"].has == "clock" and unmet["window"].earliest == MONDAY - HOUR
    assert standing(replace(CALLED, held=frozenset({"brake"})), "brake").unmet[0].has == "brake"
    assert standing(replace(CALLED, protected="police"), "brake").approvals_needed == 1 and standing(CALLED, "brake").approvals_needed == 0


@pytest.mark.parametrize(("made", "calls_again"), [
    (measure("brake", 0, path="brake", target=ME), False),
    (measure("brake", 0.5, path="brake", target=ME), False),
    (measure("brake", 0, path="brake", target=ME, state="proposed", executed_at=None), False),
    (measure("brake", 0, path="brake", target="u2@isp.example"), True),
    (measure("restrict_mail", 0, path="stolen", target=ME), True),
    (measure("brake", 0.5, path="brake", target=ME, state="reverted", reverted_at=MONDAY - DAY / 4), True),
    (measure("brake", 0.5, path="brake", target=ME, state="reverted", reverted_at=MONDAY), False),
    (measure("brake", 0, path="brake", target=ME, state="refused", executed_at=None, decided_at=MONDAY), False),
    (measure("brake", 0, path="brake", target=ME, state="refused", executed_at=None, decided_at=MONDAY - HOUR), True),
    (measure("brake", 0, path="brake", target=ME, state="void", executed_at=None), True),
])
def test_an_alarm_that_was_answered_calls_no_second_time(made, calls_again):
    assert bool(calls(replace(CALLED, measures=(made,)))) == calls_again


@pytest.mark.parametrize(("target", "path", "answered"), [("", "ladder", True), ("u2@isp.example", "stolen", False)])
def test_mail_that_is_restricted_already_is_not_restricted_again(target, path, answered):
    f = facts(events=(alarm("stolen"),), measures=(measure("restrict_mail", 0, path=path, target=target),))
    assert (calls(f) == []) == answered


@pytest.mark.parametrize(("late", "called"), [(HOUR, True), (HOUR + HOUR / 3600, False)])
def test_only_a_fresh_alarm_calls(late, called):
    f = facts(events=(replace(alarm(days=0.5), received=MONDAY - DAY / 2 + late),))
    assert bool(calls(f)) == called


def test_who_is_not_certain_is_not_called_for():
    assert calls(facts(events=(alarm(exact=False),))) == []


def test_calls_in_order_of_time_once_for_login_and_trigger():
    events = (alarm(), alarm(days=0.01), alarm("stolen", 0.02), replace(alarm(), login="u2@isp.example"), event(0))
    assert [(c.trigger, c.login, c.step) for c in calls(facts(events=events))] == [
        ("stolen", ME, "restrict_mail"), ("brake", ME, "brake"), ("brake", "u2@isp.example", "brake")]
