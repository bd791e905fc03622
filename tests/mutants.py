"""Mutation: one place of a function's source is changed and its code put into the running function; the proofs must notice.

`survivors(functions, proofs)` is what a mutation test calls; `modules(module)` is for a module whose constants are rules too. Changes are those that a rule dies of: a comparison, a
condition, an operand, a filter's keyword, a number, a set's member, what is returned, a statement that is left out.
"""

from __future__ import annotations
import __future__

import ast
import copy
import importlib.util
import inspect
import itertools
import textwrap
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from types import CodeType, FunctionType, ModuleType

import pytest

SWAPS = {
    ast.Lt: (ast.LtE, ast.GtE), ast.LtE: (ast.Lt, ast.Gt), ast.Gt: (ast.GtE, ast.LtE), ast.GtE: (ast.Gt, ast.Lt), ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,), ast.In: (ast.NotIn,), ast.NotIn: (ast.In,)}
ARITHMETIC = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr}


class Change(ast.NodeTransformer):
    """Changes the n-th place that can be changed; `what` then says how."""

    def __init__(self, place: int) -> None:
        self.place, self.count, self.what = place, -1, ""

    def hit(self, node: ast.AST, what: str) -> bool:
        self.count += 1
        if self.count == self.place:
            self.what = f"{getattr(node, 'lineno', 0)}: {what}"
            return True
        return False

    def visit(self, node):
        if isinstance(node, (ast.If, ast.IfExp)):
            return self.condition(node)
        if isinstance(node, (ast.Expr, ast.Raise, ast.Continue, ast.Break)):
            return self.leave_out(node)
        return super().visit(node)

    def visit_Compare(self, node):
        self.generic_visit(node)
        for i, op in enumerate(node.ops):
            for new in SWAPS.get(type(op), ()):
                if self.hit(node, f"{ast.unparse(node)}: {type(op).__name__}→{new.__name__}"):
                    node.ops[i] = new()
        return node

    def visit_BoolOp(self, node):
        self.generic_visit(node)
        if self.hit(node, f"{ast.unparse(node)}: and↔or"):
            node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
            return node
        for i, value in enumerate(node.values):
            if self.hit(node, f"{ast.unparse(node)}: without {ast.unparse(value)}"):
                node.values = node.values[:i] + node.values[i + 1:]
                return node if len(node.values) > 1 else node.values[0]
        return node

    def visit_BinOp(self, node):
        self.generic_visit(node)
        new = ARITHMETIC.get(type(node.op))
        if new is not None and self.hit(node, f"{ast.unparse(node)}: {new.__name__}"):
            node.op = new()
        return node

    def visit_UnaryOp(self, node):
        self.generic_visit(node)
        return node.operand if isinstance(node.op, ast.Not) and self.hit(node, f"{ast.unparse(node)}: not dropped") else node

    def visit_Return(self, node):
        self.generic_visit(node)
        truth = isinstance(node.value, ast.Compare | ast.BoolOp) or (isinstance(node.value, ast.UnaryOp) and isinstance(node.value.op, ast.Not))
        for value in (True, False) if truth else ():
            if self.hit(node, f"{ast.unparse(node)}: always {value}"):
                return ast.Return(ast.Constant(value))
        return node

    def visit_Set(self, node):
        self.generic_visit(node)
        for i, member in enumerate(node.elts):
            if self.hit(node, f"{ast.unparse(node)}: without {ast.unparse(member)}"):
                node.elts = node.elts[:i] + node.elts[i + 1:] or [ast.Constant("nothing")]
                break
        return node

    def visit_Call(self, node):
        self.generic_visit(node)
        for i, keyword in enumerate(node.keywords):
            named = isinstance(node.func, ast.Attribute) and node.func.attr in ("filter", "exclude", "update")
            if named and keyword.arg and self.hit(node, f".{node.func.attr}() without {ast.unparse(keyword)}"):
                node.keywords = node.keywords[:i] + node.keywords[i + 1:]
                break
        return node

    def visit_Constant(self, node):
        if isinstance(node.value, bool):
            if self.hit(node, f"{node.value}→{not node.value}"):
                return ast.Constant(not node.value)
        elif isinstance(node.value, int) and self.hit(node, f"{node.value}→{node.value + 1}"):
            return ast.Constant(node.value + 1)
        return node

    def condition(self, node):
        self.generic_visit(node)
        for value in (True, False):
            if self.hit(node, f"if {ast.unparse(node.test)}: always {value}"):
                node.test = ast.Constant(value)
                break
        return node

    def visit_comprehension(self, node):
        self.generic_visit(node)
        for i, test in enumerate(node.ifs):
            if self.hit(test, f"comprehension without if {ast.unparse(test)}"):
                node.ifs = node.ifs[:i] + node.ifs[i + 1:]
                break
        return node

    def leave_out(self, node):
        self.generic_visit(node)
        doc = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        return ast.copy_location(ast.Pass(), node) if not doc and self.hit(node, f"left out: {ast.unparse(node)[:90]}") else node

    def visit_FunctionDef(self, node):
        node.body = [x for statement in node.body for x in [self.visit(statement)] if x is not None]
        return node  # defaults stay with the function object, annotations are no rules

    def visit_AnnAssign(self, node):
        if node.value is not None:
            node.value = self.visit(node.value)
        return node

    def visit_JoinedStr(self, node):
        return node  # words, not rules


@dataclass(frozen=True, slots=True)
class Mutant:
    """One changed function."""

    function: FunctionType
    code: CodeType
    what: str

    def __str__(self) -> str:
        return f"{self.function.__qualname__} {self.what}"


def changes(tree: ast.Module) -> Iterator[tuple[str, ast.Module]]:
    """Yield (what was changed, the changed tree) for every place."""
    for place in itertools.count():
        change = Change(place)
        changed = ast.fix_missing_locations(change.visit(copy.deepcopy(tree)))
        if not change.what:
            return
        yield change.what, changed


def modules(module: ModuleType) -> Iterator[tuple[str, ModuleType]]:
    """Yield (what was changed, the mutant) for every place of a module's source, its constants too; the module itself is left alone."""
    for what, changed in changes(ast.parse(inspect.getsource(module))):
        mutant = ModuleType(module.__name__)
        exec(compile(changed, f"<mutant {module.__name__}>", "exec"), mutant.__dict__)
        yield what, mutant


def mutants(function: FunctionType) -> Iterator[Mutant]:
    """Yield every mutant of a function."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    tree.body[0].decorator_list = []
    for what, changed in changes(tree):
        space = dict(function.__globals__)
        exec(compile(changed, f"<mutant {function.__name__}>", "exec", __future__.annotations.compiler_flag, dont_inherit=True), space)
        yield Mutant(function, space[function.__name__].__code__, what)


@contextmanager
def planted(mutant: Mutant) -> Iterator[None]:
    """Let every caller of the function run the mutant, whatever name they imported it under."""
    before = mutant.function.__code__
    mutant.function.__code__ = mutant.code
    try:
        yield
    finally:
        mutant.function.__code__ = before


def killed(mutant: Mutant, proofs: Iterable[Callable[[], object]]) -> bool:
    """Tell whether any proof fails on the mutant."""
    with planted(mutant):
        for proof in proofs:
            try:
                proof()
            except (Exception, pytest.fail.Exception):
                return True
    return False


class Undo(Exception):
    """Ends a proof on the database."""


@contextmanager
def undone() -> Iterator[None]:
    """Run a proof on the database and leave nothing of what it wrote; the test has a transaction open."""
    from django.db import transaction

    try:
        with transaction.atomic():
            yield
            raise Undo
    except Undo:
        pass


def survivors(functions: Iterable[FunctionType], proofs: list[Callable[[], object]], *, equivalent: Iterable[str] = ()) -> tuple[int, list[str]]:
    """Return (mutants tried, those that no proof noticed). `equivalent`: patterns (fnmatch) of mutants that change nothing.

    The proofs must hold on the unchanged functions. A proof that killed once is asked first the next time.
    """
    for proof in proofs:
        proof()
    same = set(equivalent)
    used: set[str] = set()
    count, left, order = 0, [], list(proofs)
    for mutant in (m for f in functions for m in mutants(f)):
        named = {e for e in same if fnmatchcase(str(mutant), e)}
        used |= named
        if named:
            continue
        count += 1
        for i, proof in enumerate(order):
            if killed(mutant, [proof]):
                order.insert(0, order.pop(i))
                break
        else:
            left.append(str(mutant))
    assert used == same, f"named as equivalent, but no mutant: {same - used}"
    return count, left


def load(file: str, name: str) -> ModuleType:
    """Return a test module in the same folder as `file`."""
    spec = importlib.util.spec_from_file_location(f"proofs_{name}", Path(file).with_name(f"{name}.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def beside(file: str, *names: str) -> list[Callable[[], object]]:
    """Return the examples of test modules in the same folder as `file`."""
    return [e for name in names for e in examples_of(load(file, name))]


def examples_of(module) -> list[Callable[[], object]]:
    """Return the plain test functions of a module, those with parameters once for each of their sets.

    Left out are tests that need fixtures, and property tests: these take seconds to shrink what they find.
    """
    out = []
    for name, test in vars(module).items():
        if not name.startswith("test_") or not callable(test) or getattr(test, "is_hypothesis_test", False):
            continue
        sets = [m for m in getattr(test, "pytestmark", ()) if m.name == "parametrize"]
        if len(sets) == 1:
            names = sets[0].args[0]
            count = len(names.split(",")) if isinstance(names, str) else len(names)
            if count == len(inspect.signature(test).parameters):
                out += [_bound(test, values if count > 1 else (values,)) for values in sets[0].args[1]]
        elif not inspect.signature(test).parameters:
            out.append(test)
    return out


def _bound(test, values):
    return lambda: test(*values)
