"""Subject × predicate: the reason out of what is said of what, where no phrase of the rules stands in the text."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cache
from typing import NamedTuple

import ahocorasick

from .literals import load

_SENTENCE = re.compile(r"[.!?;。！？]\s|。|\n")
_REACH = 60
"""Characters between a predicate and its subject, where the data file says nothing else."""
_BLANKS = frozenset(("x@x", "x.x"))
"""What `matchable` leaves of addresses and hosts: subjects only where their sentence names no other."""
_MOST_SUBJECTS, _MOST_PREDICATES = 120, 12
"""Words looked at in one text: a server says what it means early, and hostile input may not cost more."""


class _Word(NamedTuple):
    start: int
    end: int
    name: str
    sentence: int


class Told(NamedTuple):
    """What a text tells: reason, and the subject and predicate that tell it."""

    reason: str
    subject: str
    predicate: str


@cache
def _automaton() -> ahocorasick.Automaton:
    data = load("concepts.toml")
    owners: dict[str, tuple[list[str], list[str]]] = {}
    for side, pairs in ((0, data["subject"].items()), (1, ((p["id"], p["any"]) for p in data["predicate"]))):
        for name, words in pairs:
            for word in words:
                owners.setdefault(word, ([], []))[side].append(name)
    automaton = ahocorasick.Automaton()
    for word, found in owners.items():
        automaton.add_word(word, (word, found))
    automaton.make_automaton()
    return automaton


@cache
def _predicates() -> tuple[tuple[str, int, dict[str, str]], ...]:
    return tuple((p["id"], p.get("reach", _REACH), p["reason"]) for p in load("concepts.toml")["predicate"])


def _words(text: str) -> tuple[list[_Word], dict[str, list[_Word]]]:
    """Return the subjects in order, without those inside longer ones, and the predicates by name; so many of each as sentences hold."""
    stops = [m.start() for m in _SENTENCE.finditer(text)]
    subjects: list[_Word] = []
    predicates: dict[str, list[_Word]] = {}
    for end, (word, (ours, theirs)) in _automaton().iter(text + " "):
        start = end - len(word) + 1
        if start and word[0].isascii() and text[start - 1].isascii() and text[start - 1].isalnum():
            continue
        sentence = bisect_right(stops, start)
        subjects += [_Word(start, end + 1, name, sentence) for name in ours]
        for name in theirs:
            if len(found := predicates.setdefault(name, [])) < _MOST_PREDICATES:
                found.append(_Word(start, end + 1, name, sentence))
    subjects.sort(key=lambda w: (w.start, -w.end))
    outer: list[_Word] = []
    for subject in subjects:
        if not outer or subject.end > outer[-1].end or (subject.start, subject.end) == outer[-1][:2]:
            outer.append(subject)
    named = {subject.sentence for subject in outer if text[subject.start : subject.end] not in _BLANKS}
    return [s for s in outer if s.sentence not in named or text[s.start : s.end] not in _BLANKS][:_MOST_SUBJECTS], predicates


def told(text: str, *, only: str = "") -> Told | None:
    """Return the reason that subject and predicate tell together, or None.

    `text` is folded, lower-case, without addresses (`cleaning.matchable`). The first predicate of concepts.toml that
    stands near a subject which it knows decides; `only` asks for that predicate alone. Never raises; linear in the text.
    """
    subjects, predicates = _words(text)
    for name, reach, reasons in _predicates():
        if only and name != only:
            continue
        near = [
            (max(s.start - p.end, p.start - s.end, 0), s)
            for p in predicates.get(name, ())
            for s in subjects
            if s.sentence == p.sentence and s.name in reasons and max(s.start - p.end, p.start - s.end) <= reach
        ]
        if near:
            subject = min(near, key=lambda pair: pair[0])[1]
            return Told(reasons[subject.name], subject.name, name)
    return None
