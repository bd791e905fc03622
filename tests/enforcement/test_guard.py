"""The guard: all 2^16 combinations of conditions, and every mutant of its source killed."""

import itertools

import pytest

import mutants
from sekimori.enforcement.ladder import guard

SUPPLIED = {"protected", "window", "approval", "second_approval", "held", "halt"}


def combinations():
    """All subsets of the 16 conditions, as the set of unmet ones."""
    for bits in itertools.product((False, True), repeat=len(guard.CONDITIONS)):
        yield frozenset(itertools.compress(guard.CONDITIONS, bits))


def expected(unmet):
    """What must come out, said in other words than the guard's: (executable, automatic, proposable, rehearsable)."""
    lacking_ground = [c for c in unmet if c not in SUPPLIED]
    return (len(unmet) == 0, all(c == "window" for c in unmet), not lacking_ground, lacking_ground == ["rehearsal"])


def answers(module, unmet):
    return (module.executable(unmet), module.automatic(unmet), module.proposable(unmet), module.rehearsable(unmet))


def test_all_combinations():
    seen = 0
    for unmet in combinations():
        assert answers(guard, unmet) == expected(unmet), sorted(unmet)
        seen += 1
    assert seen == 2 ** 16


def test_the_conditions_are_those_of_the_rulings():
    assert guard.CONDITIONS == ("grade", "delivered", "grace", "new_events", "category", "certainty", "protected", "window", "approval", "second_approval", "hearing", "suspensions", "max_reached", "rehearsal", "held", "halt")


SMALL = [frozenset(), *(frozenset({c}) for c in guard.CONDITIONS), *(frozenset(p) for p in itertools.combinations(guard.CONDITIONS, 2)),
         frozenset(SUPPLIED), frozenset({*SUPPLIED, "rehearsal"}), frozenset(guard.CONDITIONS)]


MUTANTS = list(mutants.modules(guard))


@pytest.mark.parametrize(("what", "mutant"), MUTANTS, ids=lambda v: v if isinstance(v, str) else "")
def test_every_mutant_is_killed(what, mutant):
    assert any(answers(mutant, unmet) != expected(unmet) for unmet in SMALL), f"survives: {what}"


def test_there_are_mutants():
    assert len(MUTANTS) >= 25
