"""Our own notices, quoted back to us: recognised by their marker lines and cut before anything is extracted. Pure.

Every notice and receipt wraps its text in the two marker lines made here. A reporter who answers a receipt with a new
report quotes addresses and times that we wrote ourselves; they are no findings.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_REF = r"[A-Z]{1,3}-[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}"
_QUOTE = r"[ \t]{0,8}(?:[>|:＞][ \t]{0,4}){0,12}"
_START = re.compile(rf"({_QUOTE})-{{3,8}} {{0,2}}\[ ({_REF}) \] {{0,2}}-{{3,8}}\s{{0,4}}")
_END = re.compile(rf"{_QUOTE}-{{3,8}} {{0,2}}\[ /({_REF}) \] {{0,2}}-{{3,8}}\s{{0,4}}")
_QUOTE_ONLY = re.compile(_QUOTE)
UNENDED_MAX = 400
"""Lines cut after a start marker whose end marker was lost: more would cut what the reporter wrote."""


@dataclass(frozen=True, slots=True)
class Cut:
    """The text without our own lines, and the references of the notices that were cut out."""

    text: str
    refs: tuple[str, ...]


def start_line(ref: str) -> str:
    """Return the first marker line of a notice, such as `---- [ N-7QF3-9MZA-H2WP ] ----`."""
    return f"---- [ {ref} ] ----"


def end_line(ref: str) -> str:
    """Return the last marker line of a notice."""
    return f"---- [ /{ref} ] ----"


def cut(text: str) -> Cut:
    """Cut quoted copies of our own notices out of a text (LF line ends).

    From a start marker to the end marker of the same reference; where that was lost, as far as the lines are quoted
    like the marker, and not at all where the marker itself is not quoted.
    """
    if "[ " not in text:
        return Cut(text, ())
    lines = text.split("\n")
    ends: dict[str, list[int]] = {}
    for number, line in enumerate(lines):
        if "[ /" in line and (m := _END.fullmatch(line[:200])):
            ends.setdefault(m[1], []).append(number)
    kept: list[str] = []
    refs: list[str] = []
    at = 0
    while at < len(lines):
        start = _START.fullmatch(lines[at][:200]) if "[ " in lines[at] else None
        if start is None:
            kept.append(lines[at])
            at += 1
            continue
        refs.append(start[2])
        after = _next(ends.get(start[2], []), at)
        at = after + 1 if after is not None else _quoted_until(lines, at, start[1])
    return Cut("\n".join(kept), tuple(dict.fromkeys(refs)))


def _next(numbers: list[int], at: int) -> int | None:
    while numbers and numbers[0] <= at:
        numbers.pop(0)
    return numbers[0] if numbers else None


def _quoted_until(lines: list[str], at: int, prefix: str) -> int:
    depth = len(prefix.replace(" ", "").replace("\t", ""))
    stop = at + 1
    while depth and stop < len(lines) and stop - at < UNENDED_MAX:
        quote = _QUOTE_ONLY.match(lines[stop][:80])
        if quote is None or len(quote[0].replace(" ", "").replace("\t", "")) < depth:
            break
        stop += 1
    return stop
