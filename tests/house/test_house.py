"""The rules of the house that a machine can check."""

import ast
import re
from pathlib import Path

import pytest

SRC = Path(__file__).resolve().parents[2] / "src" / "sekimori"
MODULES = sorted(p for p in SRC.rglob("*.py") if "migrations" not in p.parts)
ROOT = SRC.parents[1]


def name(path):
    return str(path.relative_to(SRC))


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_modules_are_small_and_say_what_they_are_for(path):
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 300, "split it: one thing each"
    assert ast.get_docstring(ast.parse(text)) or not text.strip(), "a line that says what the module is for"


def public(tree):
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from (n for n in node.body if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef)) and not n.name.startswith("_"))


EXEMPT = {"Meta"}


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_public_names_have_docstrings(path):
    missing = [f"{n.name}:{n.lineno}" for n in public(ast.parse(path.read_text(encoding="utf-8")))
               if n.name not in EXEMPT and not ast.get_docstring(n) and not any("overload" in ast.dump(d) for d in n.decorator_list)]
    assert not missing


def test_nothing_is_left_unfinished():
    marks = re.compile(r"\b(TODO|FIXME|XXX)\b")
    found = [f"{name(p)}:{i}" for p in MODULES for i, line in enumerate(p.read_text(encoding="utf-8").splitlines(), 1) if marks.search(line)]
    assert not found


CLOCKS = {"values/clock.py", "evidence/sweep.py"}  # the clock itself; ages of files, which no scenario plays


def test_only_the_edges_ask_the_clock():
    """`now` is passed in everywhere below the faces (house rule 1.11)."""
    allowed = {"cli", "site", "demo"}
    asks = re.compile(r"datetime\.now\(|datetime\.utcnow\(|timezone\.now\(|\btime\.time\(")
    found = [name(p) for p in MODULES if p.relative_to(SRC).parts[0] not in allowed and name(p) not in CLOCKS and asks.search(p.read_text(encoding="utf-8"))]
    assert not found


def test_packages_import_no_models_at_import_time():
    found = [name(p) for p in MODULES if p.name == "__init__.py" and re.search(r"^from .*models import|^import .*models", p.read_text(encoding="utf-8"), re.MULTILINE)]
    assert not found


def test_no_pickle_eval_or_yaml_load_on_anything():
    bad = re.compile(r"\bpickle\b|\byaml\.load\b|\beval\(|\bexec\(|\bmarshal\b|\bshelve\b")
    assert not [name(p) for p in MODULES if bad.search(p.read_text(encoding="utf-8"))]


def test_every_command_is_loaded_and_documented():
    from click.testing import CliRunner

    from sekimori.cli.main import COMMANDS, root

    listed = CliRunner().invoke(root, ["--help"])
    assert listed.exit_code == 0
    for command in COMMANDS:
        assert re.search(rf"^  {re.escape(command)} ", listed.output, re.MULTILINE), f"{command} is not there"
        assert CliRunner().invoke(root, [command, "--help"]).exit_code == 0
    docs = "\n".join(p.read_text(encoding="utf-8") for p in (ROOT / "docs").rglob("*.md")) + (ROOT / "README.md").read_text(encoding="utf-8")
    assert not [c for c in COMMANDS if f"sekimori {c}" not in docs]


def test_every_command_of_a_group_stands_in_the_list_of_commands():
    from importlib import import_module

    import click

    from sekimori.cli.main import COMMANDS

    def paths(name, command):
        if not isinstance(command, click.Group):
            return [name]
        return [p for sub, inner in command.commands.items() for p in paths(f"{name} {sub}", inner)]

    listed = (ROOT / "docs" / "operate" / "commands.md").read_text(encoding="utf-8")
    groups = {name: getattr(import_module(target.split(":")[0]), target.split(":")[1]) for name, target in COMMANDS.items()}
    assert not [p for name, command in groups.items() for p in paths(name, command) if p not in listed and p.split(" ", 1)[-1] not in listed]


def test_the_map_is_drawn_as_it_is():
    from sekimori.flow import stages

    drawn = (ROOT / "docs" / "flow.md").read_text(encoding="utf-8")
    for name in stages.STAGES:
        assert f"`{name}`" in drawn, name
        assert name in (stages.__doc__ or ""), name
