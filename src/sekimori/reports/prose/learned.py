"""What an officer's reading of one report teaches about its sender's next ones: the words that stand before the values. Pure.

A rule holds for one proven sender only, names a label (`Verursacher:`, `該当アドレス`), and is data: the desk lists it,
switches it off, and reads the corrected reports again to see that it still leads where the officer went.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sekimori.reports.common import times
from sekimori.reports.prose import mentions
from sekimori.reports.prose.text import Text

SOURCE, TIME = "source_ip", "time"
LABEL_MAX = 40
_SPACE = re.compile(r"[\s.…・:=\-–>|*【】\[\]()「」]+")


@dataclass(frozen=True, slots=True)
class Rule:
    """In reports of one sender the value behind `label` is the `field` (`source_ip` or `time`)."""

    field: str
    label: str


def label_before(line: str) -> str:
    """Return the words right before a value as a label (letters and digits, in lower case), or "" where there are none."""
    words = _SPACE.sub(" ", line[-80:]).strip().lower()
    words = re.sub(r"[\d.:/]+", "", words).strip()
    return words[-LABEL_MAX:].strip() if len(re.sub(r"\W", "", words)) >= 2 else ""


def learn(body: str, ip: str, at: datetime) -> list[Rule]:
    """Return the rules that lead from the text to what the officer read: the address, and the time in any zone.

    Only where the label stands before that value alone; a label that also stands before another address teaches nothing.
    """
    text = Text(body)
    out = []
    found: dict[str, set[str]] = {}
    for m in mentions.find(text.plain):
        label = label_before(_before(text, m.start))
        if label:
            found.setdefault(label, set()).add(m.ip)
    out += [Rule(SOURCE, label) for label, ips in found.items() if ips == {ip}][:1]
    stamps: dict[str, list[bool]] = {}
    for w in times.find(text.plain):
        label = label_before(_before(text, w.start))
        if label:
            stamps.setdefault(label, []).append(_same(w, at))
    out += [Rule(TIME, label) for label, same in stamps.items() if all(same)][:1]
    return out


def _before(text: Text, start: int) -> str:
    head = text.plain.rfind("\n", 0, start) + 1
    return text.plain[max(head, start - 80):start]


def _same(w: times.When, at: datetime) -> bool:
    if w.yearless:
        return (w.value.month, w.value.day) in {((at + timedelta(hours=h)).month, (at + timedelta(hours=h)).day) for h in (0, 9)}
    if w.zoned:
        return abs((w.value - at).total_seconds()) <= max(60.0, w.error_s)
    # Without a zone the officer decided which: any whole quarter of an hour between zones will do.
    gap = (w.value - at.replace(tzinfo=None)).total_seconds()
    return abs(gap) <= 14 * 3600 + 60 and min(gap % 900, 900 - gap % 900) <= 60


def tells(rules: Sequence[Rule], field: str, before: str) -> bool:
    """Tell whether the words before a value are a learned label of this field."""
    if not rules:
        return False
    label = label_before(before)
    return bool(label) and any(r.field == field and r.label == label for r in rules)
