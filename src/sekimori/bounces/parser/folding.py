"""The human part of a notice, folded for searching while every place keeps its line."""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property

from .literals import Hit, literals, same_length_lower

MAX_TEXT = 65_536
MAX_LINE = 2_000


class Folded:
    """A text whose lines are joined by single spaces: `flat` as written, `low` in lower case, same length."""

    def __init__(self, text: str) -> None:
        rows = [line[:MAX_LINE] for line in text[:MAX_TEXT].split("\n")]
        self.lines: list[str] = [" ".join(row.split()) for row in rows]
        self.indents: list[int] = [len(row) - len(row.lstrip(" \t")) for row in rows]
        self.starts: list[int] = []
        at = 0
        for line in self.lines:
            self.starts.append(at)
            at += len(line) + 1
        self.flat = " ".join(self.lines)
        self.low = same_length_lower(self.flat)

    @cached_property
    def hits(self) -> list[Hit]:
        """All literals of all recognisers in this text."""
        return literals().scan(self.low)

    def line_of(self, place: int) -> int:
        """Return the number of the line at a place of `flat`."""
        return max(bisect_right(self.starts, place) - 1, 0)

    def before(self, line: int) -> Folded:
        """Return the text before a line, without searching it again."""
        if line >= len(self.lines):
            return self
        out = Folded("")
        end = max(self.starts[line] - 1, 0)
        out.lines, out.indents, out.starts = self.lines[:line] or [""], self.indents[:line] or [0], self.starts[:line] or [0]
        out.flat, out.low = self.flat[:end], self.low[:end]
        out.__dict__["hits"] = [hit for hit in self.hits if hit.end <= end]
        return out
