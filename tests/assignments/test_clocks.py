import random

from sekimori.assignments.clocks import FEW_ERROR_US, JUMP_AFTER, RESOLUTION_US, WINDOW, Clock

S = 1_000_000
T = 1_790_000_000 * S


def learn(clock, offset, count, at=T, jitter=0, rnd=random):
    return [j for n in range(count) for j in [clock.observe(at + n * 60 * S - offset, at + n * 60 * S + rnd.randint(0, jitter) * S)] if j]


def test_the_offset_is_the_running_median_and_the_spread_its_uncertainty():
    clock, rnd = Clock(), random.Random(1)
    assert learn(clock, 4 * S, 200, jitter=2, rnd=rnd) == []
    assert clock.offset == 5 * S and clock.spread == S and clock.error == 2 * S
    assert clock.correct(T - 4 * S, T) == (5 * S, 2 * S)
    assert len(clock.samples) == WINDOW


def test_little_knowledge_is_more_uncertainty():
    clock = Clock()
    learn(clock, 4 * S, 2)
    assert clock.error == RESOLUTION_US + FEW_ERROR_US
    assert Clock().offset == 0 and Clock().error == RESOLUTION_US + FEW_ERROR_US


def test_it_is_the_same_after_saving():
    clock = Clock()
    learn(clock, 4 * S, 150, jitter=3, rnd=random.Random(2))
    again = Clock(list(clock.samples), clock.suspects)
    assert (again.offset, again.spread) == (clock.offset, clock.spread)
    learn(clock, 6 * S, 150), learn(again, 6 * S, 150)
    assert (again.offset, again.spread) == (clock.offset, clock.spread) == (6 * S, 0)


def test_one_late_record_is_no_jump_and_its_time_is_uncertain():
    clock = Clock()
    learn(clock, 0, 50)
    assert clock.observe(T - 90 * S, T) is None
    assert clock.correct(T - 90 * S, T) == (90 * S, 91 * S)  # between the two readings
    assert learn(clock, 0, 1) == [] and clock.suspects == []
    assert clock.correct(T, T) == (0, RESOLUTION_US)


def test_five_in_a_row_are_a_jump_from_the_first_of_them():
    clock = Clock()
    learn(clock, 0, 50)
    jumps = learn(clock, 40 * S, JUMP_AFTER, at=T + 10**10)
    assert [tuple(j) for j in jumps] == [(T + 10**10, 0, 40 * S)]
    assert clock.offset == 40 * S and learn(clock, 40 * S, 20) == []


def test_late_records_of_different_delays_are_no_jump():
    clock = Clock()
    learn(clock, 0, 50)
    assert [j for n in range(20) for j in [clock.observe(T - (n % 3 + 1) * 50 * S, T)] if j] == []


def test_a_clock_reset_to_2008_is_replaced_by_ours():
    clock = Clock()
    year_2008 = 1_199_145_600 * S
    clock.observe(year_2008, T)
    offset, error = clock.correct(year_2008, T)
    assert year_2008 + offset == T and error == RESOLUTION_US + FEW_ERROR_US
    clock = Clock()
    learn(clock, 2 * S, 50)
    clock.observe(year_2008, T)
    assert year_2008 + clock.correct(year_2008, T)[0] == T
