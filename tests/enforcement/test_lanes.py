"""Brake and victim lane: only our own sensor calls, once."""

from ladder_facts import DAY, HOUR, MONDAY, event, facts, measure, replace
from sekimori.enforcement.ladder.lanes import calls, standing
from sekimori.enforcement.ladder.plan import plan


def alarm(trigger, days=0.0, **more):
    return event(days, own=True, trigger=trigger, login="u1@isp.example", domain="", confirmed=0, **more)


def steps(f):
    return [(p.step, p.path, p.automatic) for p in plan(f).propose]


def test_the_sensor_brakes_at_once_and_the_brakes_letter_is_the_warning():
    f = facts(events=(alarm("brake"),))
    found = steps(f)
    assert ("brake", "brake", True) in found
    braked = replace(f, measures=(measure("brake", 0, path="brake", target="u1@isp.example"),))
    assert steps(braked) == []


def test_a_stolen_password_restricts_mail_without_a_person():
    assert ("restrict_mail", "stolen", True) in steps(facts(events=(alarm("stolen"),)))


def test_protected_members_are_only_proposed():
    found = steps(facts(events=(alarm("brake"),), protected="hospital"))
    assert ("brake", "brake", False) in found
    assert all(not automatic for _, _, automatic in found)


def test_one_login_one_brake():
    f = facts(events=(alarm("brake", 0.01), alarm("brake")))
    assert len(calls(f)) == 1
    other = replace(alarm("brake"), login="u2@isp.example")
    assert len(calls(facts(events=(alarm("brake"), other)))) == 2


def test_an_alarm_is_answered_once():
    ended = measure("brake", 0.5, path="brake", target="u1@isp.example", state="reverted", reverted_at=MONDAY - DAY / 4, end_reason="unlock")
    assert calls(facts(events=(alarm("brake", 0.6),), measures=(ended,))) == []
    assert len(calls(facts(events=(alarm("brake", 0.01),), measures=(ended,)))) == 1


def test_an_old_log_brakes_nobody():
    assert calls(facts(events=(replace(alarm("brake", 1), received=MONDAY),))) == []


def test_a_reporter_cannot_call():
    f = facts(events=(event(0, trigger="", login="u1@isp.example"),))
    assert calls(f) == []
    assert "new_events" in standing(f, "brake").names


def test_the_victim_lane_waits_for_the_window_the_brake_does_not():
    night = MONDAY - 12 * HOUR
    f = facts(now=night, events=(alarm("stolen", now=night), alarm("brake", now=night)))
    assert standing(f, "stolen").names == {"window"}
    assert standing(f, "brake").names == frozenset()
