"""All literals of all recognisers in one automaton (Aho-Corasick): one pass over a text finds every phrase."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import ahocorasick


class Hit(NamedTuple):
    """A literal found: where it starts and ends, and the rules it belongs to as (table, index) pairs."""

    start: int
    end: int
    literal: str
    owners: tuple[tuple[str, int], ...]


@cache
def load(name: str) -> dict[str, Any]:
    """Return a data file of this package (`reasons.toml` …) as read by tomllib; read once, never changed."""
    return tomllib.loads(files(__package__).joinpath("data", name).read_text(encoding="utf-8"))


class Literals:
    """An automaton over literals, each owned by one rule or several."""

    def __init__(self, owned: Iterator[tuple[str, tuple[str, int]]]) -> None:
        owners: dict[str, set[tuple[str, int]]] = {}
        for literal, owner in owned:
            owners.setdefault(literal, set()).add(owner)
        self._automaton = ahocorasick.Automaton()
        for literal, found in owners.items():
            self._automaton.add_word(literal, (literal, tuple(sorted(found))))
        self._automaton.make_automaton()

    def scan(self, text: str) -> list[Hit]:
        """Return all hits in a folded lower-case text, in order of their ends. Linear in the text."""
        return [Hit(end - len(literal) + 1, end + 1, literal, owners) for end, (literal, owners) in self._automaton.iter(text)]


def _owned() -> Iterator[tuple[str, tuple[str, int]]]:
    for table, name, key in (("phrase", "phrases.toml", "phrases"), ("stage", "stages.toml", "stage"), ("reason", "reasons.toml", "rule")):
        for index, entry in enumerate(load(name)[key]):
            for literal in (*entry["any"], *entry.get("none", ())):
                yield literal, (table, index)
    index = 0
    for provider in load("providers.toml")["provider"]:
        for rule in provider.get("rule", ()):
            for literal in rule["any"]:
                yield literal, ("provider", index)
            index += 1


@cache
def literals() -> Literals:
    """Return the automaton over every data file; built once per process (some milliseconds)."""
    return Literals(_owned())


def same_length_lower(text: str) -> str:
    """Return text in lower case with every character in its place (`İ` and its kin would grow)."""
    lowered = text.lower()
    return lowered if len(lowered) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def fold(text: str) -> str:
    """Return text as literals are written: lower case, each run of white space one space."""
    return same_length_lower(" ".join(text.split()))
