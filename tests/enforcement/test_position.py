"""The ladder, rung by rung: what is there when all holds, and what is named when one thing is taken away."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladder_facts import DAY, HOUR, LADDER, MONDAY, POLICY, delivered, event, facts, measure, ready, replace
from sekimori.enforcement.ladder import guard
from sekimori.enforcement.ladder.plan import plan
from sekimori.enforcement.ladder.position import position, why_not

STEPS = ("warn", "restrict_mail", "suspend_line", "terminate")
ALL_LIVE = dict.fromkeys(POLICY.types, True)


@pytest.mark.parametrize("grade", ["A", "B"])
@pytest.mark.parametrize("step", STEPS)
def test_nothing_is_missing(step, grade):
    where = position(ready(step, grade))
    assert where.grade == grade
    assert where.next_step == step
    assert where.of(step).unmet == ()


def without_warning(f):
    return replace(f, deliveries=())


TAKE_AWAY = {
    "grade": lambda f: replace(f, events=tuple(replace(e, authenticated=False) for e in f.events)),
    "certainty": lambda f: replace(f, events=tuple(replace(e, exact=False) for e in f.events)),
    "category": lambda f: replace(f, policy=replace(f.policy, grounds={})),
    "rehearsal": lambda f: replace(f, live={}),
    "held": lambda f: replace(f, held=frozenset(STEPS)),
    "halt": lambda f: replace(f, halted=True),
    "protected": lambda f: replace(f, protected="hospital", approvals={}),
    "max_reached": lambda f: replace(f, policy=replace(f.policy, types={n: replace(t, highest="") for n, t in f.policy.types.items()})),
}
ABOVE_WARN = {
    "delivered": without_warning,
    "grace": lambda f: replace(f, deliveries=(delivered(2),)),
    "new_events": lambda f: replace(f, events=tuple(e for e in f.events if e.time > MONDAY - DAY / 2)),
    "window": lambda f: replace(f, now=MONDAY - 12 * HOUR, events=tuple(
        replace(e, time=e.time - 12 * HOUR, received=e.received - 12 * HOUR) for e in f.events)),
    "approval": lambda f: replace(f, approvals={}),
}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("condition", TAKE_AWAY)
def test_one_thing_taken_away_is_named_and_nothing_happens(step, condition):
    f = TAKE_AWAY[condition](ready(step))
    assert condition in position(f).of(step).names
    assert not any(p.automatic and p.step == step for p in plan(f).propose)


@pytest.mark.parametrize("step", STEPS[1:])
@pytest.mark.parametrize("condition", ABOVE_WARN)
def test_above_the_warning_more_is_needed(step, condition):
    f = ABOVE_WARN[condition](ready(step))
    assert condition in position(f).of(step).names


@pytest.mark.parametrize("step", ["restrict_mail", "suspend_line", "terminate"])
def test_how_many_officers(step):
    assert position(ready(step)).of(step).approvals_needed == (1 if step == "restrict_mail" else 2)
    assert position(ready(step, "B")).of(step).approvals_needed == 2
    one = replace(ready(step, "B"), approvals={step: 1})
    assert position(one).of(step).names == {"second_approval"}


def test_termination_needs_two_suspensions_in_365_days():
    f = ready("terminate")
    old = replace(f.suspensions[0], executed_at=MONDAY - 366 * DAY)
    g = replace(f, suspensions=(old, f.suspensions[1]))
    assert "suspensions" in position(g).of("terminate").names
    assert position(g).next_step == "suspend_line"


def test_termination_needs_the_hearing():
    f = replace(ready("terminate"), statements=(MONDAY - 30 * DAY,))  # before the last suspension
    assert position(f).of("terminate").names == {"hearing"}
    letter = replace(f, deliveries=(*f.deliveries, delivered(13, "hearing", "letter")))
    assert position(letter).of("terminate").names == {"hearing"}
    assert position(letter).of("terminate").earliest == MONDAY + DAY
    recorded = replace(f, deliveries=(*f.deliveries, delivered(14, "hearing", "letter")))
    assert position(recorded).of("terminate").names == frozenset()
    by_mail = replace(f, deliveries=(*f.deliveries, delivered(14, "hearing", "mail")))
    assert position(by_mail).of("terminate").names == {"hearing"}


def test_the_invitation_goes_out_when_nothing_else_is_missing():
    f = replace(ready("terminate"), statements=(), approvals={})
    assert plan(f).hearing
    assert not plan(replace(f, protected="hospital")).hearing
    assert not plan(replace(f, live={})).hearing


def test_the_ladder_never_steps_down():
    f = ready("suspend_line")
    assert position(f).next_step == "suspend_line"
    again = replace(f, measures=(*f.measures, measure("suspend_line", 40, state="reverted", end_reason="period")),
                    suspensions=(measure("suspend_line", 40, state="reverted", end_reason="period"),))
    assert position(again).next_step == "suspend_line"
    assert position(again).of("suspend_line").names == frozenset()


def test_a_running_suspension_is_not_doubled():
    running = measure("suspend_line", 10, ends_at=MONDAY + 20 * DAY)
    f = ready("suspend_line")
    f = replace(f, measures=(*f.measures, running), suspensions=(running,))
    standing = position(f).of("suspend_line")
    assert standing.names == {"max_reached"}
    assert standing.earliest == MONDAY + 20 * DAY


def test_events_sooner_than_72_h_after_a_step_do_not_lead_on():
    f = ready("suspend_line")
    late = measure("restrict_mail", 3.5)
    f = replace(f, measures=(f.measures[0], late))
    assert "new_events" in position(f).of("suspend_line").names  # one of the two days lies within 72 h
    f = replace(f, measures=(f.measures[0], measure("restrict_mail", 4.2)))
    assert "new_events" not in position(f).of("suspend_line").names


@pytest.mark.parametrize("reason", ["appeal", "incident"])
def test_a_measure_found_wrong_is_no_rung(reason):
    f = ready("suspend_line")
    wrong = replace(f.measures[1], end_reason=reason, decided_at=MONDAY - 60 * DAY)
    f = replace(f, measures=(f.measures[0], wrong), approvals={"restrict_mail": 1})
    assert position(f).next_step == "restrict_mail"
    assert position(f).of("restrict_mail").names == frozenset()
    decided_later = replace(f, measures=(f.measures[0], replace(wrong, decided_at=MONDAY - DAY)))
    assert position(decided_later).of("restrict_mail").names == {"new_events"}


def test_after_a_refusal_the_same_step_needs_new_events():
    f = ready("warn")
    refused = measure("warn", 0, state="refused", executed_at=None, sent_at=None, decided_at=MONDAY - DAY / 2, end_reason="refused")
    assert position(replace(f, measures=(refused,))).of("warn").names == frozenset()  # an event after it
    late = replace(refused, decided_at=MONDAY)
    assert position(replace(f, measures=(late,))).of("warn").names == {"new_events"}


def test_a_letter_has_a_longer_grace():
    f = ready("restrict_mail")
    # Monday 10:00 minus 8 days = Sunday 1 Nov 10:00; +72 h = Wednesday 4 Nov 10:00; 5 business days: Wednesday 11 Nov 10:00.
    f = replace(f, deliveries=(delivered(8, channel="letter"),))
    assert position(f).of("restrict_mail").names >= {"grace"}
    assert [u.earliest for u in position(f).of("restrict_mail").unmet if u.condition == "grace"] == [MONDAY + 2 * DAY]


def test_one_informational_warning_in_30_days():
    alone = (event(0.1),)
    assert position(facts(events=alone)).of("warn").names == frozenset()
    soon = facts(events=alone, informational=MONDAY - 29 * DAY)
    assert position(soon).of("warn").names == {"new_events", "max_reached"}
    assert position(facts(events=alone, informational=MONDAY - 31 * DAY)).of("warn").names == frozenset()


def test_a_report_from_before_the_30_days_are_over_does_not_warn_later():
    old = (event(3, now=MONDAY),)
    f = facts(events=old, informational=MONDAY - 31 * DAY)  # the report came on day 28
    assert "new_events" in position(f).of("warn").names


def test_a_warning_at_c_is_the_ladders_warning_when_the_grade_rises():
    f = facts(events=(event(0.1, own=True),), measures=(measure("warn", 10, grade="C"),), informational=MONDAY - 10 * DAY,
              deliveries=(delivered(9),))
    assert position(f).grade == "A"
    assert position(f).next_step == "restrict_mail"
    assert position(f).of("warn").names == {"max_reached"}


def test_an_unknown_reporter_needs_a_person():
    assert position(facts(events=(event(0.1, confirmed=4),))).of("warn").approvals_needed == 1
    assert position(facts(events=(event(0.1, confirmed=5),))).of("warn").approvals_needed == 0


def test_a_known_reporters_old_event_does_not_vouch_for_a_strangers_new_one():
    old = event(40, confirmed=50)
    f = facts(events=(old, event(0.1, confirmed=0, domain="new.example")), measures=(measure("warn", 39, grade="C"),), informational=MONDAY - 39 * DAY)
    assert position(f).of("warn").names == {"approval"}


def test_vulnerability_only_with_consent_and_warning_at_most():
    f = facts(path="vulnerability", events=(event(0.1, category="vulnerability/open_service"),))
    assert position(f).of("warn").names == {"category"}
    assert position(replace(f, consents=frozenset({"vulnerability"}))).of("warn").names == frozenset()
    assert [s.step for s in position(f).standings] == ["warn"]


def test_the_future_proves_nothing():
    ahead = event(0, own=True)
    ahead = replace(ahead, time=MONDAY + 5 * DAY, received=MONDAY)
    assert position(facts(events=(ahead,))).grade == "D"


def test_reset_comes_after_180_clean_days():
    last = event(0.1)
    where = position(facts(events=(last,)))
    assert where.reset_at is not None
    assert timedelta(days=180) < where.reset_at - last.time < timedelta(days=182)
    assert plan(facts(events=(last,), now=where.reset_at)).close
    assert not plan(facts(events=(last,), now=where.reset_at - HOUR)).close


def test_a_terminated_contract_is_not_reset():
    f = facts(events=(event(300, now=MONDAY),), measures=(measure("terminate", 200),))
    assert not plan(f).close
    assert position(f).next_step == ""


def test_a_step_is_possible_when_the_last_of_its_dates_has_come():
    f = replace(ready("terminate"), statements=(), deliveries=(delivered(2), delivered(13, "hearing", "letter")))
    f = replace(f, now=MONDAY + 7 * HOUR)  # 17:00: the window opens on Tuesday 9:00, grace and hearing end later
    standing = position(f).of("terminate")
    dates = {u.condition: u.earliest for u in standing.unmet}
    assert set(dates) >= {"grace", "hearing", "window"}
    assert standing.earliest is None or standing.earliest == max(d for d in dates.values() if d)


def test_why_not_names_values_and_dates():
    line = why_not(position(replace(ready("restrict_mail"), deliveries=(delivered(2),))))[1]
    assert line["step"] == "restrict_mail"
    assert line["unmet"] == ["grace", "new_events"]
    assert line["values"]["grace"]["earliest"] == "2026-11-10T10:00:00+09:00"
    assert line["earliest"] is None  # new events are nobody's to promise


BOOL = st.booleans()


@given(st.sampled_from(STEPS), st.sampled_from("AB"), st.lists(st.sampled_from(sorted(TAKE_AWAY)), unique=True), st.integers(0, 3))
def test_property_any_missing_condition_stops_the_step(step, grade, taken, approvals):
    f = replace(ready(step, grade), approvals={step: approvals})
    for name in taken:
        f = TAKE_AWAY[name](f)
    standing = position(f).of(step)
    if taken:
        assert not guard.executable(standing.names)
    for wanted in plan(f).propose:
        if wanted.rehearsal:
            continue
        assert not {"grade", "certainty", "category", "rehearsal", "max_reached"} & set(taken)
        if wanted.automatic:
            assert not taken and wanted.step == "warn"


@given(st.lists(st.tuples(st.floats(0, 60), BOOL, BOOL, BOOL, st.integers(0, 60), st.integers(0, 10),
                          st.sampled_from(["a.example", "b.example", "c.example", ""])), max_size=12))
def test_property_unauthenticated_reports_never_move_anything(events):
    made = tuple(event(d, authenticated=False, own=own, original=orig, free_text=free, confirmed=c, refuted=r, domain=dom)
                 for d, own, orig, free, c, r, dom in events)
    found = plan(facts(events=made))
    assert found.position.grade == "D"
    assert not found.propose


# — each of these kills mutants that the tests above let live —


def test_the_last_decision_and_the_last_delivery_count():
    refusals = tuple(measure("restrict_mail", 0, state="refused", executed_at=None, decided_at=MONDAY - d * DAY) for d in (30, 0.05))
    f = ready("restrict_mail")
    assert "new_events" in position(replace(f, measures=(*f.measures, *refusals))).of("restrict_mail").names
    assert "new_events" not in position(replace(f, measures=(*f.measures, refusals[0]))).of("restrict_mail").names
    again = replace(f, deliveries=(delivered(89), delivered(1)))
    assert "grace" in position(again).of("restrict_mail").names


def test_a_delivery_from_before_a_reversal_is_no_warning():
    reversed_one = replace(measure("warn", 90), end_reason="appeal", decided_at=MONDAY - 50 * DAY)
    f = replace(ready("restrict_mail"), measures=(reversed_one, measure("warn", 40)))
    assert "delivered" in position(replace(f, deliveries=(delivered(89),))).of("restrict_mail").names
    assert "delivered" in position(replace(f, deliveries=(delivered(50),))).of("restrict_mail").names
    assert "delivered" not in position(replace(f, deliveries=(delivered(89), delivered(39)))).of("restrict_mail").names


def test_a_suspension_exactly_365_days_old_counts_no_more():
    f = ready("terminate")
    edge = replace(f.suspensions[0], executed_at=MONDAY - 365 * DAY)
    assert "suspensions" in position(replace(f, suspensions=(edge, f.suspensions[1]))).of("terminate").names
    inside = replace(edge, executed_at=edge.executed_at + HOUR)
    assert "suspensions" not in position(replace(f, suspensions=(inside, f.suspensions[1]))).of("terminate").names


def test_one_certain_event_is_enough_for_certainty():
    f = facts(events=(event(0.1, exact=False), event(0.2)))
    assert position(f).of("warn").names == frozenset()


def test_the_clock_in_doubt_holds_every_step():
    f = replace(ready("restrict_mail"), doubt=True)
    held = [u for u in position(f).of("restrict_mail").unmet if u.condition == "held"]
    assert [(u.has, u.needs) for u in held] == [("clock", "go")]
    step = position(replace(f, doubt=False, held=frozenset({"restrict_mail"}))).of("restrict_mail").unmet
    assert [(u.condition, u.has) for u in step] == [("held", "restrict_mail")]


def test_grace_is_over_when_it_is_over():
    f = replace(ready("restrict_mail"), deliveries=(delivered(3),))
    assert "grace" not in position(f).of("restrict_mail").names
    assert "grace" in position(replace(f, now=MONDAY - HOUR)).of("restrict_mail").names


def test_events_at_the_edges_count():
    f = replace(ready("restrict_mail"), deliveries=(delivered(4),))  # grace ends one day ago
    edge = (event(1, own=True), event(0, own=True))
    assert position(replace(f, events=edge)).of("restrict_mail").names == frozenset()
    early = (replace(edge[0], time=edge[0].time - HOUR), edge[1])
    assert "new_events" in position(replace(f, events=early)).of("restrict_mail").names


def test_a_brake_on_its_way_answers_a_proposed_one_does_not():
    fresh = event(0.1, own=True)
    on_its_way = replace(measure("brake", 0, path="brake", executed_at=None), state="approved")
    assert "new_events" in position(facts(events=(fresh,), measures=(on_its_way,))).of("warn").names
    assert "new_events" not in position(facts(events=(fresh,), measures=(replace(on_its_way, state="proposed"),))).of("warn").names
    assert "new_events" not in position(facts(events=(fresh,), measures=(replace(on_its_way, path="ladder"),))).of("warn").names
    done = replace(on_its_way, state="verified", executed_at=fresh.time)
    assert "new_events" in position(facts(events=(fresh,), measures=(done,))).of("warn").names
    assert "new_events" not in position(facts(events=(fresh,), measures=(replace(done, executed_at=fresh.time - HOUR),))).of("warn").names


def test_the_later_of_two_warnings_at_c_counts():
    mine = measure("warn", 31, grade="C")
    f = facts(events=(event(0.1),), measures=(mine,), informational=MONDAY - 10 * DAY)
    assert "max_reached" in position(f).of("warn").names
    assert position(replace(f, informational=MONDAY - 31 * DAY)).of("warn").names == frozenset()
    exactly = replace(event(0.1), received=MONDAY)
    assert position(facts(events=(exactly,), informational=MONDAY - 30 * DAY)).of("warn").names == frozenset()


def test_an_old_automatic_kind_does_not_make_a_persons_kind_automatic():
    old, new = event(40, category="connection/login_attack"), event(0.1, category="connection/port_scan")
    f = facts(path="connection", events=(old, new), measures=(measure("warn", 39, grade="C"),), informational=MONDAY - 39 * DAY)
    assert position(f).of("warn").names == {"approval"}
    assert position(facts(path="connection", events=(event(0.2, category="connection/ddos"), new))).of("warn").names == frozenset()


def test_termination_is_never_reached_past_a_rung():
    """After a reset: two suspensions in the year, but this round of the ladder has no restriction yet."""
    f = ready("terminate")
    skipped = replace(f, measures=(f.measures[0],))
    assert "new_events" in position(skipped).of("terminate").names
    assert position(skipped).next_step == "restrict_mail"


def test_the_second_suspension_needs_events_after_the_first():
    f = ready("suspend_line")
    first = measure("suspend_line", 2, state="reverted", reverted_at=MONDAY - DAY, end_reason="officer")
    again = replace(f, measures=(*f.measures, first), suspensions=(first,))
    assert "new_events" in position(again).of("suspend_line").names


def test_where_there_is_no_restriction_the_line_follows_the_warning():
    events = tuple(event(d, own=True, category="content/malware") for d in (0.1, 1.1))
    rewarned = (measure("warn", 89, grade="C"), measure("warn", 1, grade="C"))
    f = facts(path="content", events=events, measures=rewarned, deliveries=(delivered(88),), approvals={"suspend_line": 2})
    assert position(f).next_step == "suspend_line"
    assert position(f).of("suspend_line").names == frozenset()


def test_why_a_category_is_not_acted_upon():
    def why(f):
        return [u.has for u in position(f).of("warn").unmet if u.condition == "category"]
    assert why(facts(events=(event(0.1, category="no/such"),))) == ["no row"]
    assert why(facts(path="content", events=(event(0.1, category="content/csam"),))) == ["never"]
    assert why(facts(path="vulnerability", events=(event(0.1, category="vulnerability/cve"),))) == ["no consent"]
    assert why(facts(events=(event(0.1),), policy=replace(POLICY, grounds={}))) == ["no ground"]


def test_a_max_is_the_highest_of_the_kinds_that_count():
    both = (event(0.1, own=True, category="connection/scraping"), event(0.2, own=True, category="connection/ddos"))
    assert "max_reached" not in position(facts(path="connection", events=both)).of("suspend_line").names
    assert "max_reached" in position(facts(path="connection", events=both[:1])).of("suspend_line").names


def test_one_live_kind_is_enough():
    both = (event(0.1, category="connection/login_attack"), event(0.2, category="connection/ddos"))
    f = facts(path="connection", events=both, live={"connection/ddos": True})
    assert "rehearsal" not in position(f).of("warn").names
    assert "rehearsal" in position(replace(f, live={"messaging/spam": True})).of("warn").names


def test_the_first_letter_after_the_last_suspension_counts():
    f = replace(ready("terminate"), statements=())
    letters = (delivered(25, "suspend_line", "letter"), delivered(15, "hearing", "letter"), delivered(3, "hearing", "letter"))
    assert position(replace(f, deliveries=(*f.deliveries, *letters))).of("terminate").names == frozenset()
    assert "hearing" in position(replace(f, deliveries=(*f.deliveries, letters[0], letters[2]))).of("terminate").names


def test_a_path_without_termination_goes_on_with_the_line():
    short = replace(LADDER, paths={**LADDER.paths, "messaging": ("warn", "restrict_mail", "suspend_line")})
    f = replace(ready("terminate"), ladder=short, approvals={"suspend_line": 2})
    assert position(f).next_step == "suspend_line"
    assert position(f).of("suspend_line").names == frozenset()


def test_what_time_alone_changes_is_waited_for():
    f = replace(ready("restrict_mail"), deliveries=(delivered(2),))
    where = position(f)
    assert where.waits[0] == MONDAY + DAY
    assert where.reset_at in where.waits
    assert all(w > f.now for w in where.waits)
    assert plan(f).next_look == MONDAY + DAY
    assert position(facts(events=())).waits == ()
