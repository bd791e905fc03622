"""Breaking text into lines for paper: Japanese after any character, other words whole. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable

_CLOSING = "、。，．・：；？！」』】〕）)ーぁぃぅぇぉっゃゅょァィゥェォッャュョ々%％"
_PIECE = re.compile(rf"[「『【〔（]*(?:[!-'*-~]{{1,2000}}|.)[{_CLOSING}]*\s*|\s+", re.DOTALL)
"""A Japanese character or another word, with the brackets and punctuation that belong to it and the space behind."""


def wrapped(text: str, room: float, measure: Callable[[str], float]) -> list[str]:
    """Break text into lines at most `room` wide: Japanese after any character, other words whole where they fit.

    No line begins with closing punctuation or small kana, none ends with an opening bracket (JIS X 4051, 行頭・行末禁則). Pure.
    """
    lines, line = [], ""
    for piece in _PIECE.findall(text):
        while len(piece) > 1 and measure(piece) > room:  # a word longer than the line: cut where it must be
            fits = next((n for n in range(len(piece) - 1, 0, -1) if measure(line + piece[:n]) <= room), 0 if line else 1)
            lines.append((line + piece[:fits]).rstrip())
            line, piece = "", piece[fits:]
        if measure((line + piece).rstrip()) > room:
            lines.append(line.rstrip())
            line = ""
        line += piece if line else piece.lstrip()
    return [*lines, line.rstrip()] if line.strip() or not lines else lines
