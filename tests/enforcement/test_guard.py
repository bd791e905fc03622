"""The guard: all 2^16 combinations of conditions, and every mutant of its source killed."""

import ast
import copy
import inspect
import itertools
import types

import pytest

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


class Mutate(ast.NodeTransformer):
    """Changes the n-th place of a syntax tree that can be changed."""

    def __init__(self, place):
        self.place, self.count, self.what = place, -1, ""

    def hit(self, what):
        self.count += 1
        if self.count == self.place:
            self.what = what
            return True
        return False

    def visit_Compare(self, node):
        self.generic_visit(node)
        for i, op in enumerate(node.ops):
            for new in {ast.LtE: (ast.GtE, ast.Lt, ast.Eq), ast.In: (ast.NotIn,)}.get(type(op), ()):
                if self.hit(f"{type(op).__name__}→{new.__name__}"):
                    node.ops[i] = new()
        return node

    def visit_BoolOp(self, node):
        self.generic_visit(node)
        if self.hit("and↔or"):
            node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        return node

    def visit_BinOp(self, node):
        self.generic_visit(node)
        if isinstance(node.op, ast.BitOr) and self.hit("|→&"):
            node.op = ast.BitAnd()
        return node

    def visit_UnaryOp(self, node):
        self.generic_visit(node)
        return node.operand if isinstance(node.op, ast.Not) and self.hit("not dropped") else node

    def visit_Return(self, node):
        self.generic_visit(node)
        for value in (True, False):
            if self.hit(f"return {value}"):
                return ast.Return(ast.Constant(value))
        return node

    def visit_Set(self, node):
        self.generic_visit(node)
        for i in range(len(node.elts)):
            if self.hit(f"{ast.unparse(node.elts[i])} taken out"):
                node.elts = node.elts[:i] + node.elts[i + 1:] or [ast.Constant("nothing")]
                break
        if self.hit("grade added"):
            node.elts.append(ast.Constant("grade"))
        return node


def mutants():
    tree = ast.parse(inspect.getsource(guard))
    for place in itertools.count():
        change = Mutate(place)
        mutant = ast.fix_missing_locations(change.visit(copy.deepcopy(tree)))
        if not change.what:
            return
        yield place, change.what, mutant


@pytest.mark.parametrize(("place", "what", "tree"), list(mutants()), ids=lambda v: str(v) if not isinstance(v, ast.AST) else "")
def test_every_mutant_is_killed(place, what, tree):
    module = types.ModuleType("mutant")
    exec(compile(tree, "mutant", "exec"), module.__dict__)
    assert any(answers(module, unmet) != expected(unmet) for unmet in SMALL), f"mutant {place} survives: {what}"


def test_there_are_mutants():
    assert len(list(mutants())) >= 25
