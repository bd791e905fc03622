"""What records mean for rows: each quirk by name, and random histories against an offline, naive reading of the same records."""

import random
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from sekimori.assignments.events import ALIVE, HELD, LOST, RESET, START, STOP, Event, Key, corrected
from sekimori.assignments.held import Held
from sekimori.assignments.tracker import Tracker

MIN = 60_000_000
HOUR = 60 * MIN
T = 1_790_000_000_000_000
A, B = Key(1 << 16), Key(2 << 16)
PD = Key(0x20010DB800000000, 56)


def ev(act, minutes, session="s1", user="u1", keys=(A,), **more):
    if "began" in more:
        more["began"] = T + more["began"] * MIN
    if "until" in more:
        more["until"] = T + more["until"] * MIN
    return Event(act, T + minutes * MIN, f"login:{user}", tuple(keys), more.pop("device", "nas"), session, error=1_000_000, **more)


def run(*events, known=()):
    tracker = Tracker(known)
    for e in events:
        tracker.apply(e)
    return tracker.rows


def show(rows):
    """(holder, key, start, end, closed, inferred, last seen), times in minutes."""
    m = lambda t: None if t is None else (t - T) / MIN  # noqa: E731
    return sorted((r.holder[6:], r.key.key >> 16, m(r.start), m(r.end), r.closed, r.inferred, m(r.last_seen)) for r in rows)


def test_start_interim_stop():
    rows = run(ev(START, 0), ev(ALIVE, 60), ev(STOP, 90))
    assert show(rows) == [("u1", 1, 0, 90, True, False, 90)]
    assert rows[0].start_error == rows[0].end_error == 1_000_000


def test_retransmitted_records_change_nothing():
    assert show(run(ev(START, 0), ev(START, 0), ev(STOP, 90), ev(STOP, 90), ev(START, 0), ev(STOP, 91))) [0][:4] == ("u1", 1, 0, 90)
    assert len(run(ev(START, 0), ev(START, 0), ev(STOP, 90), ev(STOP, 90), ev(START, 0))) == 1


def test_interim_at_or_before_the_stop_of_its_session_is_ignored():
    assert show(run(ev(START, 0), ev(STOP, 90), ev(ALIVE, 89), ev(ALIVE, 90))) == [("u1", 1, 0, 90, True, False, 90)]


def test_a_lost_stop_ends_at_the_next_start_on_the_address_and_says_so():
    rows = run(ev(START, 0), ev(ALIVE, 60), ev(START, 120, "s2", "u2"))
    assert show(rows) == [("u1", 1, 0, 120, False, True, 60), ("u2", 1, 120, None, False, False, 120)]


def test_a_lost_stop_ends_at_the_next_session_on_the_same_line():
    rows = run(ev(START, 0, line="nas/7/u1"), ev(START, 50, "s2", keys=[B], line="nas/7/u1"))
    assert show(rows) == [("u1", 1, 0, 50, False, True, 0), ("u1", 2, 50, None, False, False, 50)]


def test_a_lost_start_is_rebuilt_from_what_the_record_states():
    assert show(run(ev(ALIVE, 60, began=10))) == [("u1", 1, 10, None, False, False, 60)]
    assert show(run(ev(STOP, 60, began=10))) == [("u1", 1, 10, 60, True, False, 60)]
    assert show(run(ev(ALIVE, 60))) == [("u1", 1, 60, None, False, False, 60)]


def test_a_session_time_is_no_evidence_for_the_address():
    for kind, end in ((ALIVE, None), (STOP, T + 60 * MIN)):
        [row] = run(ev(kind, 60, began=10, fixed=False))
        assert (row.start, row.start + row.start_error, row.end) == (T + 10 * MIN, T + 60 * MIN + 1_000_000, end)
    rows = run(ev(START, 0, "s2", "u2"), ev(ALIVE, 60, began=10, fixed=False))
    assert show(rows)[1] == ("u2", 1, 0, 60, False, True, 0)  # the other may have been there until now


def test_a_stop_without_anything_known_claims_its_own_instant_only():
    assert show(run(ev(STOP, 60))) == [("u1", 1, 60, 60, True, False, 60)]


def test_the_address_changes_inside_a_session():
    rows = run(ev(START, 0), ev(ALIVE, 60), ev(ALIVE, 120, keys=[B]), ev(STOP, 150, keys=[B]))
    assert show(rows) == [("u1", 1, 0, 120, False, True, 60), ("u1", 2, 60, 150, True, False, 150)]
    new = next(r for r in rows if r.key == B)
    assert new.start_error == 60 * MIN + 1_000_000  # certain from the record on


def test_a_delegation_that_comes_late_does_not_end_the_ipv4_address():
    rows = run(ev(START, 0), ev(ALIVE, 5, keys=[A, PD]), ev(ALIVE, 30, keys=[PD]), ev(STOP, 60, keys=[A, PD]))
    assert [(r.key, r.end == T + 60 * MIN, r.closed) for r in rows] == [(A, True, True), (PD, True, True)]
    assert rows[1].start == T and rows[1].start_error == 5 * MIN + 1_000_000


def test_a_stop_without_addresses_ends_all_of_its_session():
    rows = run(ev(START, 0, keys=[A, PD]), ev(STOP, 60, keys=[]))
    assert all(r.closed and r.end == T + 60 * MIN for r in rows)


def test_a_stop_that_names_other_addresses_bounds_the_rest():
    rows = run(ev(START, 0, keys=[A, B]), ev(STOP, 60, keys=[A]))
    assert show(rows) == [("u1", 1, 0, 60, True, False, 60), ("u1", 2, 0, 60, False, True, 0)]


def test_reboot_bounds_open_sessions_of_that_device_only():
    rows = run(ev(START, 0), ev(ALIVE, 30), ev(START, 0, "x", "u9", [B], device="other"), Event(RESET, T + 45 * MIN, device="nas"))
    assert show(rows) == [("u1", 1, 0, 45, False, True, 30), ("u9", 2, 0, None, False, False, 0)]


def test_a_sign_of_life_after_an_inferred_end_opens_the_session_again():
    rows = run(ev(START, 0), Event(RESET, T + 45 * MIN, device="nas"), ev(ALIVE, 60))
    assert show(rows) == [("u1", 1, 0, None, False, False, 60)]
    assert show(run(ev(STOP, 80), known=rows))[0][:5] == ("u1", 1, 0, 80, True)


def test_a_late_stop_replaces_an_inferred_end():
    rows = run(ev(START, 0), ev(START, 120, "s2", "u2"), ev(STOP, 100))
    assert show(rows)[0] == ("u1", 1, 0, 100, True, False, 100)


def test_a_session_id_used_again_is_another_session():
    rows = run(ev(START, 0), ev(START, 60))
    assert show(rows) == [("u1", 1, 0, 60, False, True, 0), ("u1", 1, 60, None, False, False, 60)]
    rows = run(ev(START, 0), ev(STOP, 200, began=100))
    assert show(rows) == [("u1", 1, 0, 100, False, True, 0), ("u1", 1, 100, 200, True, False, 200)]


def test_a_start_that_comes_after_its_successor_ends_there():
    rows = run(ev(START, 60, "s2", "u2"), ev(START, 0))
    assert show(rows) == [("u1", 1, 0, 60, False, True, 0), ("u2", 1, 60, None, False, False, 60)]


def test_leases_are_renewed_released_and_run_out():
    lease = lambda act, at, **more: ev(act, at, "l", **more)  # noqa: E731
    assert show(run(lease(ALIVE, 0, until=60), lease(ALIVE, 30, until=90))) == [("u1", 1, 0, 90, False, False, 30)]
    assert show(run(lease(ALIVE, 0, until=60), lease(STOP, 20))) == [("u1", 1, 0, 20, True, False, 20)]
    assert show(run(lease(ALIVE, 0, until=60), lease(ALIVE, 100, until=160))) == [
        ("u1", 1, 0, 60, False, False, 0), ("u1", 1, 100, 160, False, False, 100)]
    assert show(run(lease(ALIVE, 0, until=60), ev(ALIVE, 40, "m", "u2", until=100))) == [
        ("u1", 1, 0, 40, False, True, 0), ("u2", 1, 40, 100, False, False, 40)]


def test_a_lease_given_up_at_an_unknown_time_is_only_bounded():
    rows = run(ev(ALIVE, 0, "l", until=60), ev(LOST, 99_999, "l"))
    assert show(rows) == [("u1", 1, 0, 60, False, True, 0)]
    rows = run(ev(ALIVE, 0, "l", until=60), Event(LOST, T + 20 * MIN, keys=(A,)))
    assert show(rows) == [("u1", 1, 0, 20, False, True, 0)]


def test_whole_intervals_are_stored_once_and_closed_later():
    held = ev(HELD, 0, "", began=0)
    rows = run(held, held)
    assert show(rows) == [("u1", 1, 0, None, False, False, None)]
    assert show(run(ev(HELD, 0, "", began=0, until=50), known=rows)) == [("u1", 1, 0, 50, True, False, None)]
    assert len(run(held, ev(HELD, 0, "", "u2", began=0))) == 2


def test_corrected_moves_all_device_times():
    event = corrected(ev(STOP, 60, began=10, until=70), 3_000_000, 9)
    assert (event.time, event.began, event.until, event.error) == (T + 60 * MIN + 3_000_000, T + 10 * MIN + 3_000_000, T + 70 * MIN + 3_000_000, 9)


def history(rnd, fixed=True):
    """A true history of one device, and the records that survive: (truth, events)."""
    truth, events, n = [], [], 0
    for key in (A, B):
        at = rnd.randrange(0, 30)
        while at < 2000:
            length, n = rnd.randrange(20, 400), n + 1
            user, session = f"u{rnd.randrange(6)}", f"s{n}"
            truth.append((key, session, f"login:{user}", at, at + length))
            if rnd.random() > 0.1:
                events.append(ev(START, at, session, user, [key]))
            events += [ev(ALIVE, at + k, session, user, [key], began=at, fixed=fixed) for k in range(60, length, 60) if rnd.random() > 0.1]
            if rnd.random() > 0.2:
                events.append(ev(STOP, at + length, session, user, [key], began=at, fixed=fixed))
            at += length + rnd.randrange(1, 60)
    return truth, sorted(events, key=lambda e: e.time)


def offline(truth, events):
    """Read the same records with all of them at hand: per session its own, then bounds by whoever follows on the address."""
    out = []
    for key, session, holder, _, _ in truth:
        own = [e for e in events if e.session == session]
        if not own:
            continue
        start = min(e.time if e.began is None else e.began for e in own)
        stop = next((e.time for e in own if e.act == STOP), None)
        if stop is not None:
            out.append((key, holder, start, stop, True, False, stop))
            continue
        seen = max(e.time for e in own)
        bounds = []
        for e in events:
            if key in e.keys and e.session != session and e.time > seen:
                begins = e.time if e.began is None else e.began
                bounds.append(begins if begins >= seen else e.time)
                break
        end = bounds[0] if bounds else None
        out.append((key, holder, start, end, False, end is not None, seen))
    return sorted(out, key=str)


def as_tuples(rows):
    return sorted([(r.key, r.holder, r.start, r.end, r.closed, r.inferred, r.last_seen) for r in rows], key=str)


@given(seed=st.integers(0, 2**32))
def test_the_tracker_equals_an_offline_reading(seed):
    truth, events = history(random.Random(seed))
    assert as_tuples(run(*events)) == offline(truth, events)


@given(seed=st.integers(0, 2**32), fixed=st.booleans())
def test_nothing_is_claimed_that_is_not_true(seed, fixed):
    rnd = random.Random(seed)
    truth, events = history(rnd, fixed)
    for n in range(0, len(events) - 1, 7):  # records overtake each other, and some come twice
        events[n], events[n + 1] = events[n + 1], events[n]
    events += rnd.sample(events, len(events) // 5)
    for row in run(*events):
        held = [(T + a * MIN, T + b * MIN) for key, _, holder, a, b in truth if key == row.key and holder == row.holder]
        sure = row.end if row.closed else row.last_seen
        since = row.start + row.start_error
        assert since > sure or any(a <= since and sure <= b + row.end_error for a, b in held), show([row])


@given(seed=st.integers(0, 2**32), size=st.integers(1, 50), fixed=st.booleans())
def test_blocks_and_repetition_make_no_difference(seed, size, fixed):
    _, events = history(random.Random(seed), fixed)
    stored: list[Held] = []
    for n in range(0, len(events), size):
        stored = [replace(r, dirty=False) for r in run(*events[n : n + size], known=stored)]
    once = as_tuples(stored)
    assert once == as_tuples(run(*events))
    for n in range(0, len(events), size):
        stored = [replace(r, dirty=False) for r in run(*events[n : n + size], known=stored)]
    assert as_tuples(stored) == once
