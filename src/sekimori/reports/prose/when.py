"""Which of a text's times is the act's, for each address; what is only the letter's own date is left out."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo

from sekimori.reports.common import times, zones
from sekimori.reports.prose import learned
from sekimori.reports.prose.text import Text
from sekimori.reports.prose.weigh import Place

_WIDEST = timedelta(hours=14)
"""The widest offset in use (UTC+14)."""
_LETTER = re.compile(r"(?:(?<![A-Za-z])(?:notice date|report(?:ed| date| generated| time| sent)?[ ]?(?:on|at|date)?|generated|created|sent|date range|issued|as of|status|issue date|deadline|expires?|copyright|©|送信日時?|作成日時?|報告日時?|通知日|発行日|本日|期限|までに|現在|registered|changed|updated|last[- ]modified)|受付|対応期限)[^\n\d]{0,20}$|\b(?:until|before|by|due)[ :]{1,3}$", re.IGNORECASE | re.ASCII)
_EVENT = re.compile(r"(?:attack|event|incident|detect(?:ed|ion)?|occurr?ed|time ?stamp|first seen|last seen|seen|observed|received|date/time|date & time|time of|start(?:ed)?|when|at around|\btime\b|\bdate\b|発生|検知|観測|日時|時刻|攻撃|アクセス|確認|受信)[^\n\d]{0,24}$", re.IGNORECASE | re.ASCII)
_MAIL_FIELD = re.compile(r"^(?:[>|:] ?){0,6}(?:Date|Sent|送信日時|日時|Received|X-[A-Za-z\-]{2,30})[ \t]?[::]", re.IGNORECASE | re.ASCII)
_SENT = re.compile(r"送信日時?[^\n\d]{0,12}$")
_SOURCE = re.compile(r"送信元[^\n]{0,20}\d{1,3}\.\d{1,3}\.")
_EPOCH_WORD = re.compile(r"epoch|unix[ -]?time|timestamp|(?:time|ts|date)(?:_?(?:ms|millis|us|sec|utc))?[\"']?[ ]?[=:]|ts |date |UNIX時", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class Stamp:
    """A time of the text with the line it stands in and how surely it is the act's (-1 letter's own … 1 said so, 2 taught by an officer)."""

    when: times.When
    line: int
    event: int


class Times:
    """All times of a text, years and the text-wide zone applied."""

    def __init__(self, text: Text, received: datetime | None, skip: tuple[int, int] | None = None, rules: Sequence[learned.Rule] = (), subject: str = "") -> None:
        self.told = zones.stated_for_all(f"{text.plain}\n{subject}")
        zone: tzinfo | None = self.told[0] if self.told else None
        starts = [x.start for x in text.lines]
        self.stamps: list[Stamp] = []
        found = times.find(text.plain)
        for w in times.find_epochs(text.plain):
            if _EPOCH_WORD.search(text.plain[max(0, w.start - 40):w.start]) and not any(f.start <= w.start < f.end for f in found):
                found.append(w)
        found.sort(key=lambda w: w.start)
        for w in found:
            if skip is not None and skip[0] <= w.start < skip[1]:
                continue
            n = bisect_right(starts, w.start) - 1
            line = text.lines[n]
            before = line.text[max(0, w.start - line.start - 60):w.start - line.start]
            event = -1 if _LETTER.search(before) or (_MAIL_FIELD.match(line.text) and not re.match(r"(?:> ?)?(?:日時|Date)", line.text)) else 1 if _EVENT.search(before) else 0
            if event < 0 and _SENT.search(before) and any(_SOURCE.search(x.text) for x in text.lines[max(0, n - 3):n + 4]):
                # Beside the address it was sent from, 送信日時 is the spam's, not the letter's.
                event = 1
            if rules and learned.tells(rules, learned.TIME, before):
                event = 2
            dated = w.with_year(received)
            if dated is None:
                continue
            if not dated.zoned and zone is not None and dated.precision != "d":
                dated = dated.in_zone(zone)
            self.stamps.append(Stamp(dated, n, event))
        self._told_twice()

    def _told_twice(self) -> None:
        """Give a time without a zone the zone of the same clock time that the text states with one ("at 03:04:05 UTC", then the log)."""
        zoned = [s.when for s in self.stamps if s.when.zoned and s.when.precision in ("s", "us")]
        for i, s in enumerate(self.stamps):
            if s.when.zoned or s.when.precision not in ("s", "us") or len(zoned) > 50:
                continue
            clock, local = s.when.value.strftime("%H:%M:%S"), s.when.value.replace(tzinfo=UTC)
            same = {z.value for z in zoned if clock in z.raw and abs(z.value - local) <= _WIDEST and local.strftime("%d").lstrip("0") in z.raw}
            if len(same) == 1:
                self.stamps[i] = replace(s, when=replace(s.when, value=same.pop(), zoned=True))

    def in_lines(self, lines: Sequence[int]) -> list[Stamp]:
        """Return the first stamp of each of these lines."""
        wanted = set(lines)
        out: dict[int, Stamp] = {}
        for s in self.stamps:
            if s.line in wanted and (s.line not in out or out[s.line].when.precision == "d"):
                out[s.line] = s
        return [out[n] for n in sorted(out)]

    def around(self, place: Place) -> list[Stamp]:
        """Return the stamps that belong to a mention: of its own line, else of the lines below it (a block), else just above."""
        taught = [s for s in self.stamps if s.event == 2]
        if len({s.when.value for s in taught}) == 1:
            return taught
        same = [s for s in self.stamps if s.line == place.line and s.event >= 0]
        if same:
            return same
        below = [s for s in self.stamps if place.line < s.line <= place.line + 8 and s.event >= 0]
        above = [s for s in self.stamps if place.line - 4 <= s.line < place.line and s.event >= 0]
        said = [s for s in below + above if s.event > 0]
        return said or (below[:1] if below else above[-1:])

    def events(self) -> list[Stamp]:
        """Return the stamps that may be the act's anywhere in the text: those that say so, else all that are not the letter's."""
        fine = [s for s in self.stamps if s.when.precision != "d"] or self.stamps
        taught = [s for s in fine if s.event == 2]
        if taught:
            return taught
        said = [s for s in fine if s.event > 0]
        return said or [s for s in fine if s.event >= 0]


def span(stamps: Sequence[Stamp]) -> tuple[Stamp, Stamp] | None:
    """Return (first, last) of stamps that are all with a zone or all without; None for none or a mixture that cannot be ordered."""
    fine = [s for s in stamps if s.when.precision != "d"] or list(stamps)
    if not fine:
        return None
    zoned = [s for s in fine if s.when.zoned]
    pick = zoned or fine
    pick.sort(key=lambda s: s.when.value)
    return pick[0], pick[-1]
