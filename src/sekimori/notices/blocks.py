"""The shape of a notice's text: headings, facts, steps, bars. For paper and for My page, so that all say the same. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

_FACT = re.compile(r" {2}(\S.{0,40}?) {2,}(\S.*)")
_STEP = re.compile(r" {2}(\d{1,2})\. (.*)")
_BAR = re.compile(r" {4}(.{4,60}?) {2,7}(\d{1,9})件? ?(■{1,60})")
_HEADING = re.compile(r"■ (.{1,80})")


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of a notice: `kind` is `heading text fact step bar item`; `label` and `value` as the kind needs them."""

    kind: str
    value: str
    label: str = ""
    weight: int = 0
    """Length of a bar, 1…20."""


def parse(body: str) -> list[Block]:
    """Return the blocks of a notice body in order; marker lines are left out. Every other line is in exactly one block."""
    return [b for line in body.splitlines() if (b := _block(line)) is not None]


def _block(line: str) -> Block | None:
    if not line.strip() or line.startswith("---- ["):
        return None
    if m := _HEADING.fullmatch(line):
        return Block("heading", m[1])
    if line == line.upper() and len(line) < 60 and line.isascii() and line[0].isalpha():
        return Block("heading", line.capitalize())
    if m := _BAR.fullmatch(line):
        return Block("bar", m[2], m[1], len(m[3]))
    if m := _STEP.fullmatch(line):
        return Block("step", m[2], m[1])
    if line.startswith("    "):
        return Block("item", line.strip())
    if m := _FACT.fullmatch(line):
        return Block("fact", m[2], m[1].strip())
    return Block("text", line.strip())
