"""The text of a report with its lines, and a copy of equal length in which full-width forms are plain.

Offsets found in the plain copy are offsets in the text as it stands, so every value carries a span that a page can mark.
"""

from __future__ import annotations

from dataclasses import dataclass

MAX = 300_000
"""Characters of prose that are analysed (reliability.md §3 allows 1 MB; findings stand at the beginning)."""

_PLAIN = {0xFF01 + i: 0x21 + i for i in range(94)}
_PLAIN |= {0x3000: 0x20, 0xA0: 0x20, 0x2212: 0x2D, 0x2010: 0x2D, 0x2011: 0x2D, 0x2013: 0x2D, 0x3002: 0x3002, 0xFE55: 0x3A, 0xFF61: 0x3002,
           0x2024: 0x2E, 0xFE52: 0x2E, 0x200B: 0x20, 0xFEFF: 0x20, 0x202F: 0x20, 0x2003: 0x20, 0x2002: 0x20, 0x00B7: 0x2E}


@dataclass(frozen=True, slots=True)
class Line:
    """One line: `start` is its offset in the text; `quote` how deep it is quoted."""

    number: int
    start: int
    text: str
    quote: int


class Text:
    """A text, its plain copy and its lines."""

    def __init__(self, raw: str) -> None:
        self.raw = raw[:MAX]
        self.plain = self.raw.translate(_PLAIN)
        self.lines: list[Line] = []
        at = 0
        for n, line in enumerate(self.plain.split("\n")):
            marks = len(line) - len(line.lstrip("> |"))
            self.lines.append(Line(n, at, line, line[:marks].count(">") if marks else 0))
            at += len(line) + 1


def plain(text: str) -> str:
    """Return a text of equal length with full-width forms as plain ones."""
    return text.translate(_PLAIN)
