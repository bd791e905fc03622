"""Every mutant of the rules of certainty is killed by their tests; the calibration kills each guard switched off."""

import mutants
from sekimori.attribution import rules

FUNCTIONS = [rules.cover, rules.within, rules.owners, rules.verdict, rules._single, rules.doubtful, rules.combine, rules.intersect, rules._rows, rules.joined]
SAME = [
    "verdict *: if len(trails) == 1: always False",  # a short cut: the loop comes to the same
    "intersect *: not sure or len({a.contract for a in sure}) != 1: without not sure",  # nobody is no single contract either
]


def test_every_mutant_of_the_rules_is_killed():
    # Examples alone must do: a property test takes seconds to shrink what it found.
    count, left = mutants.survivors(FUNCTIONS, mutants.beside(__file__, "test_rules_edges", "test_rules"), equivalent=SAME)
    assert not left, "\n".join(left)
    assert count >= 100
    print(count, "mutants killed")
