"""The foreign words of servers, glossed: each known phrase and code with its place, so that a page can mark it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

import ahocorasick

from sekimori.bounces.parser.literals import same_length_lower
from sekimori.bounces.parser.model import Failure

from .catalogue import Language, cause_of, entry, load

_STATUS = re.compile(r"(?<![\d.])([245])\.([0-7])\.(\d{1,3})(?![\d.])")
_REPLY = re.compile(r"(?<![\d.\-/:])([245])[0-5]\d(?=[ -])")


@dataclass(frozen=True, slots=True)
class Gloss:
    """What the characters `start`…`end` of a diagnostic mean."""

    start: int
    end: int
    words: str
    meaning: str


@cache
def _automaton() -> Any:
    automaton = ahocorasick.Automaton()
    for phrase in load("glosses.toml")["words"]:
        automaton.add_word(phrase, phrase)
    automaton.make_automaton()
    return automaton


def code_meaning(status: str, language: Language) -> str:
    """Return what an enhanced status code means: its class and its subject or detail (RFC 3463); "" for no code."""
    m = _STATUS.fullmatch(status)
    if m is None:
        return ""
    data = load("glosses.toml")
    detail = data["code"].get(f"{m.group(2)}.{m.group(3)}") or data["subject"][m.group(2)]
    return f"{data['class'][m.group(1)][language]}: {detail[language]}"


def gloss(diagnostic: str, failure: Failure, language: Language) -> list[Gloss]:
    """Return the glosses of a diagnostic in order, without overlaps; the longest phrase wins.

    Words without any known phrase are glossed as a whole by the title of their cause: no diagnostic stays foreign.
    """
    if not diagnostic:
        return []
    data = load("glosses.toml")
    found: list[Gloss] = []
    for end, phrase in _automaton().iter(same_length_lower(diagnostic)):
        found.append(Gloss(end - len(phrase) + 1, end + 1, diagnostic[end - len(phrase) + 1 : end + 1], data["words"][phrase][language]))
    found += [Gloss(m.start(), m.end(), m.group(), code_meaning(m.group(), language)) for m in _STATUS.finditer(diagnostic)]
    found += [Gloss(m.start(), m.end(), m.group(), data["class"][m.group(1)][language]) for m in _REPLY.finditer(diagnostic)]
    out: list[Gloss] = []
    for g in sorted(found, key=lambda g: (g.start, -g.end)):
        if not out or g.start >= out[-1].end:
            out.append(g)
    if not any(g.words[:1].isalpha() for g in out):
        title = entry(cause_of(failure.reason, failure.rule), "", language)["title"]
        if not out:
            return [Gloss(0, len(diagnostic), diagnostic, str(title))]
        rest = out[-1].end
        if rest < len(diagnostic) and diagnostic[rest:].strip():
            out.append(Gloss(rest, len(diagnostic), diagnostic[rest:], str(title)))
    return out
