"""The rules of work, one by one (house rule 1)."""

import itertools
from datetime import timedelta

import pytest

from sekimori.intake.models import Message
from sekimori.ledger.models import Entry
from sekimori.ledger.service import write
from sekimori.values.clock import SetClock, micros
from sekimori.values.outcomes import Outage
from sekimori.work import batch, claim
from sekimori.work.runner import Runner, resize
from tests_work import Probe, add

pytestmark = pytest.mark.django_db(transaction=True)


def runner(probe, clock, **k):
    return Runner(stages=[probe], clock=clock, record=write, **k)


def test_a_batch_is_done_once_with_one_ledger_entry(probe, clock, now):
    ids = add(7, now)
    assert runner(probe, clock).until_idle() == 7
    assert probe.batches == [ids]
    assert set(Message.objects.values_list("work", "state", "lease", "tries")) == {("done", "read", None, 1)}
    assert Entry.objects.filter(act="test.done").count() == 1


def test_rows_of_another_route_are_left_alone(probe, clock, now):
    add(1, now)
    other = add(1, now, start=50)
    Message.objects.filter(id__in=other).update(route="reply")
    runner(probe, clock).until_idle()
    assert Message.objects.get(id=other[0]).work == "due"


def test_poison_among_500_costs_nobody_else_a_try(probe, clock, now):
    ids = add(500, now)
    bad = ids[250]
    probe.raises[bad] = ValueError("boom\nsecond line")
    r = runner(probe, clock)
    r.sizes[probe.name] = 500
    r.until_idle()
    assert Message.objects.filter(work="done", tries=1).count() == 499
    row = Message.objects.get(id=bad)
    assert (row.work, row.tries, row.fault) == ("due", 1, "ValueError: boom second line")
    for _ in range(10):
        clock.at += timedelta(hours=1)
        r.until_idle()
    row.refresh_from_db()
    assert (row.work, row.tries, row.lease) == ("dead", 5, None)
    assert "boom" in row.fault
    assert probe.batches.count([bad]) == 5


def test_an_outage_gives_the_try_back_and_backs_off(probe, clock, now):
    (row,) = add(1, now)
    probe.raises[row] = Outage("relay away")
    r = runner(probe, clock)
    waits = []
    for _ in range(12):
        r.until_idle()
        m = Message.objects.get(id=row)
        assert (m.work, m.tries) == ("due", 0)
        waits.append((m.due_at - micros(clock.at)) / 1e6)
        clock.at += timedelta(seconds=waits[-1] + 1)
    assert 24 <= waits[0] <= 36
    assert all(b > a for a, b in itertools.pairwise(waits[:7]))
    assert max(waits) <= 6 * 3600 * 1.2
    del probe.raises[row]
    r.until_idle()
    assert Message.objects.get(id=row).work == "done"


def test_a_permanent_outage_counts_as_a_try(probe, clock, now):
    (row,) = add(1, now)
    probe.raises[row] = Outage("no such device", permanent=True)
    runner(probe, clock).until_idle()
    assert Message.objects.get(id=row).tries == 1


def test_later_rows_stay_due_with_their_try_given_back(probe, clock, now):
    a, b = add(2, now)
    probe.later = {b: now + timedelta(days=3)}
    r = runner(probe, clock)
    r.until_idle()
    assert list(Message.objects.order_by("id").values_list("id", "work", "tries")) == [(a, "done", 1), (b, "due", 0)]
    assert r.until_idle() == 0


def test_a_lost_lease_writes_nothing(probe, clock, now):
    """A worker that was stopped longer than its lease finds its rows taken: rollback."""
    ids = add(3, now)
    taken = []

    def stopped(rows, ctx):
        if not taken:
            taken.extend(claim.claim(Message, "", micros(now) + 120_000_000, "other", 10))

    probe.during = stopped
    out = batch.run(probe, clock, write, 50)
    assert len(taken) == 3
    assert out.done == 0
    assert set(Message.objects.values_list("state", "work", "lease")) == {("received", "due", "other")}
    assert not Entry.objects.filter(act="test.done").exists()
    assert [t.tries for t in taken] == [2, 2, 2]
    assert sorted(t.id for t in taken) == ids


def test_a_row_that_kills_its_worker_is_tried_alone_and_buried(probe, clock, now):
    """Counted at claim: five leases ran out with nobody left to report."""
    ids = add(2, now)
    for _ in range(5):
        assert claim.claim(Message, "", micros(clock.at), "dead-worker", 10)
        clock.at += timedelta(seconds=61)
    runner(probe, clock).until_idle()
    assert set(Message.objects.values_list("work", flat=True)) == {"dead"}
    assert probe.batches == []
    Message.objects.filter(id=ids[0]).update(work="due", tries=1, due_at=micros(clock.at), lease="x", lease_until=0)
    Message.objects.filter(id=ids[1]).update(work="due", tries=0, due_at=micros(clock.at))
    runner(probe, clock).until_idle()
    assert probe.batches == [[ids[1]], [ids[0]]]


def test_one_lane_at_95_percent_gets_a_quarter_while_others_wait(probe, clock, now):
    flood = set(add(190, now, lane=3))
    few = set(add(10, now, lane=9, start=1000))
    batch.run(probe, clock, write, 40)
    first = probe.batches[0]
    assert len([i for i in first if i in flood]) == 10
    assert few <= set(first)


def test_shares_are_fair_and_start_behind_the_last_lane():
    assert claim.shares([4], 40, -1) == [(4, 40)]
    assert claim.shares([1, 4, 7], 40, 4) == [(7, 10), (1, 10), (4, 10)]
    assert claim.shares([1, 2], 2, -1) == [(1, 1), (2, 1)]


def test_batches_grow_and_shrink():
    assert resize(50, 50, 0.2) == 100
    assert resize(400, 400, 0.2) == 500
    assert resize(50, 20, 0.2) == 50
    assert resize(50, 50, 7) == 25
    assert resize(1, 1, 7) == 1


def test_stages_that_act_on_persons_wait_while_paused(probe, clock, now):
    add(1, now)
    probe.acts_on_persons = True
    assert runner(probe, clock, paused=lambda: True).until_idle() == 0
    assert runner(probe, clock).until_idle() == 1


@pytest.mark.parametrize(("jump", "doubt"), [
    (timedelta(minutes=-4), ""), (timedelta(minutes=-6), "clock.back"), (timedelta(days=-1), "clock.back"),
    (timedelta(days=-3650), "clock.back"), (timedelta(hours=23), ""), (timedelta(hours=25), "clock.ahead"),
    (timedelta(days=3650), "clock.ahead")])
def test_a_clock_that_jumps_holds_what_acts_on_persons(probe, clock, now, jump, doubt):
    from sekimori.work import clockmark

    probe.acts_on_persons = True
    r = runner(probe, clock)
    r.until_idle()
    clock.at = now + jump
    add(1, clock.at)
    assert r.until_idle() == (0 if doubt else 1)
    assert clockmark.observe(clock.at) == doubt
    if doubt:
        clock.at = now  # coming back by itself does not clear the doubt
        assert r.until_idle() == 0
        clock.at = now + jump
        clockmark.confirm(clock.at)
        assert r.until_idle() == 1


def test_status_and_retry(probe, clock, now):
    from sekimori.values.actors import Actor
    from sekimori.values.outcomes import Refused
    from sekimori.work.status import retry, status

    a, b, c = add(3, now)
    Message.objects.filter(id=a).update(work="dead", tries=5)
    Message.objects.filter(id=c).update(due_at=micros(now + timedelta(days=1)))
    (row,) = status([probe], now + timedelta(seconds=90))
    assert (row.due, row.later, row.dead, row.oldest_s) == (1, 1, 1, 90.0)
    retry([probe], probe.name, a, Actor("officer", "1"), write, now)
    assert Message.objects.get(id=a).work == "due"
    with pytest.raises(Refused):
        retry([probe], probe.name, b, Actor("officer", "1"), write, now)
    with pytest.raises(Refused):
        retry([probe], "no.such", b, Actor("officer", "1"), write, now)


def test_outage_delay_is_bounded():
    assert batch.outage_delay("", lambda: 0.5) == (1, 30)
    assert batch.outage_delay("outage 3: x", lambda: 0.5) == (4, 240)
    assert batch.outage_delay("outage 9999: x", lambda: 1.0)[1] == pytest.approx(6 * 3600 * 1.2)


def test_finish_is_whole_or_nothing(probe, now):
    """The ledger refuses: nothing of the batch stays."""
    add(2, now)

    def refuse(*_):
        raise RuntimeError("ledger away")

    clock = SetClock(now)
    out = batch.run(probe, clock, refuse, 50)
    assert out.done == 0
    assert set(Message.objects.values_list("state", flat=True)) == {"received"}


def test_probe_is_a_stage():
    assert Probe().name == "test.probe"
