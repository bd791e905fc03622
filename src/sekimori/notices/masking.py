"""Where a notice names its holder, and the text without the name: officers see the name only by the act of revealing it. Pure."""

from __future__ import annotations

from collections.abc import Sequence

WORDS = {"ja": "(契約者名)", "en": "(holder's name)"}


def spans(text: str, name: str) -> list[list[int]]:
    """Return [start, end] of every place where the name stands (characters); none for an empty name."""
    found: list[list[int]] = []
    at = text.find(name) if name.strip() else -1
    while at >= 0:
        found.append([at, at + len(name)])
        at = text.find(name, at + len(name))
    return found


def masked(text: str, places: Sequence[Sequence[int]], language: str) -> str:
    """Return the text with each place replaced by a word of the language; places outside the text are passed over."""
    for start, end in sorted(((p[0], p[1]) for p in places if len(p) == 2), reverse=True):
        if 0 <= start <= end <= len(text):
            text = text[:start] + WORDS["ja" if language == "ja" else "en"] + text[end:]
    return text
