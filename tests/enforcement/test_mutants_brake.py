"""Emergency brake and victim lane: every mutant of their conditions is killed."""

import mutants
from sekimori.enforcement.ladder import lanes
from sekimori.enforcement.sensor import rules

FUNCTIONS = [rules.burst, rules._over, lanes.calls, lanes._answered, lanes.standing]
SAME = ["standing *: facts.protected and given < needed: without facts.protected"]  # nobody's yes is needed for others: `needed` is 0


def test_every_mutant_of_the_brake_is_killed():
    count, left = mutants.survivors(FUNCTIONS, mutants.beside(__file__, "test_sensor_rules", "test_lanes_edges", "test_lanes"), equivalent=SAME)
    assert not left, "\n".join(left)
    assert count >= 50
    print(count, "mutants killed")
