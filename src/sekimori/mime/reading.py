"""What all parts of one message share while it is read: its octets, its limits, its list of defects."""

from __future__ import annotations

from typing import NamedTuple

from .charsets import Guess, detector
from .limits import Limits


class Defect(NamedTuple):
    """Something wrong or over a limit. `code` is stable; `where` names part or field; `detail` is for people."""

    code: str
    where: str
    detail: str


class Budget:
    """What may still be spent on one message with all the messages in it."""

    __slots__ = ("boundaries", "delimiters", "guess", "nested", "parts", "text")

    def __init__(self, limits: Limits) -> None:
        self.parts = limits.parts
        self.delimiters = limits.delimiter_lines
        self.boundaries = limits.boundaries
        self.nested = limits.nested
        self.text = limits.text_total
        self.guess: Guess = detector(limits.charset_guesses, limits.guess_sample)


class Reading:
    """One message being read. `view` has the same length and offsets as the octets, but ends lines with LF or CRLF."""

    __slots__ = ("budget", "defects", "limits", "raw", "view")

    def __init__(self, raw: bytes, limits: Limits, budget: Budget | None = None, defects: list[Defect] | None = None) -> None:
        self.raw = raw
        self.limits = limits
        self.budget = budget or Budget(limits)
        self.defects: list[Defect] = [] if defects is None else defects
        self.view = raw
        if len(raw) > limits.message:
            self.view = raw[:limits.message]
            self.note("over_limit:message", "message", f"{len(raw)} octets")
        # CR ends lines only where no LF does; a CR among LF is a stray octet (and a defect).
        if b"\r" in self.view[:2000] and b"\n" not in self.view[:-1] and self.view[-2:] != b"\r\n":
            self.view = self.view.replace(b"\r", b"\n")
            self.note("cr_line_ends", "message", "lines end in CR alone")

    @property
    def guess(self) -> Guess:
        """The statistical charset detector, with what is left of its calls."""
        return self.budget.guess

    def note(self, code: str, where: str, detail: str) -> None:
        """Add a defect once, up to `Limits.defects`."""
        if len(self.defects) < self.limits.defects:
            defect = Defect(code, where, detail)
            if defect not in self.defects:
                self.defects.append(defect)
