"""The head of a syslog line: time, host, program, text. ISO 8601, RFC 5424, and the old form without year and zone. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import NamedTuple

from sekimori.submissions.wrapped import plain
from sekimori.values.clock import EPOCH, JST

LINE_MAX = 16_384
"""Longest line that is read, in characters."""
_HEAD = re.compile(
    r"(?:<\d{1,3}>(?:1 )?)?"
    r"\[?(?P<time>\d{4}-\d\d-\d\d[T ][\d:]{8}(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d| (?:UTC|GMT|JST))?"
    r"|(?:[A-Z][a-z]{2} )?[A-Z][a-z]{2} {1,2}\d{1,2} (?:\d{4} )?\d\d:\d\d:\d\d(?:\.\d{1,6})?(?: \d{4}(?= ))?(?: (?:UTC|GMT|JST))?)"
    r"\]?[ \t]{1,3}(?P<host>[^\s]{1,120})[ \t](?:[a-z][a-z0-9]{2,7}\.[a-z]{3,7}[ \t])?(?P<tag>[^\s\[:]{1,80})"
    r"(?:\[\d{1,10}\]:?|:| (?:\d{1,10}|-) (?:-|[^\s]{1,32}) (?:-|(?:\[[^\]]{0,300}\]){1,8}))[ \t]\ufeff?(?P<text>.*)", re.DOTALL)
"""Also with weekday, year or a zone word in the old form, with tabs, in brackets, with `facility.level` before the program, and with structured data
and a mark of UTF-8 (RFC 5424 §6)."""
_OLD = re.compile(r"(?:[A-Z][a-z]{2} )?([A-Z][a-z]{2}) {1,2}(\d{1,2}) (?:(\d{4}) )?(\d\d:\d\d:\d\d(?:\.\d{1,6})?)(?: (\d{4}))?(?: (UTC|GMT|JST))?\Z")
_ZONES = {"UTC": UTC, "GMT": UTC, "JST": JST}
_MONTHS = {m: i for i, m in enumerate(["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"], 1)}
_MICROSECOND = timedelta(microseconds=1)
_DAY = 86_400_000_000
YEAR_2100_US = 4_102_444_800_000_000
"""No log is of 1969 or of the next century: such a time is damage."""


class Line(NamedTuple):
    """A syslog line: time in microseconds UTC, host, tag (`postfix/submission/smtpd`), text."""

    time: int
    host: str
    tag: str
    text: str


class Reader:
    """Reads the heads of the lines of one file.

    `reference` is an instant that no line is later than (the file's last change, or now): it gives the year that the old
    form lacks. `zone` is the zone of times without one; `host`, where given, takes the place of the logged host name.
    """

    def __init__(self, reference: datetime, zone: tzinfo, host: str = "") -> None:
        self.host = host
        self._limit = (reference - EPOCH) // _MICROSECOND + _DAY
        self._reference = reference.astimezone(zone)
        self._zone = zone
        self._last: tuple[str, int | None] = ("", None)
        self._days: dict[tuple[str, str], int | None] = {}
        self.assumed_zone = False
        """Whether a line without zone was read."""
        self.latest: int | None = None
        """Time of the last line read."""

    def read(self, line: str) -> Line | None:
        """Return a line's parts, or None where it is no syslog line or its time is none."""
        if line.startswith("{"):
            line = plain(line) or line
        m = _HEAD.match(line, 0, LINE_MAX)
        if m is None:
            return None
        stamp, host, tag, text = m.groups()
        at = self._last[1] if stamp == self._last[0] else self._time(stamp)
        self._last = stamp, at
        if at is None:
            return None
        self.latest = at
        if text[:3] in _MONTHS or text[:2] == "20":
            # A line within a line (a container's): the outer time is our own collector's, the host and program are the inner ones.
            inner = _HEAD.match(text, 0, LINE_MAX)
            if inner is not None:
                _, host, tag, text = inner.groups()
        if self.host and not host.endswith(":"):
            host = self.host
        return Line(at, host, tag, text)

    def _time(self, stamp: str) -> int | None:
        try:
            if stamp[0].isdigit():
                word = stamp[-3:]
                value = datetime.fromisoformat((stamp[:-4] if word in _ZONES else stamp).replace(",", ".", 1))
                if word in _ZONES:
                    value = value.replace(tzinfo=_ZONES[word])
                if value.tzinfo is None:
                    self.assumed_zone = True
                    value = value.replace(tzinfo=self._zone)
                at = (value - EPOCH) // _MICROSECOND
                return at if 0 <= at < YEAR_2100_US else None
            return self._old(stamp)
        except (ValueError, OverflowError):
            return None

    def _old(self, stamp: str) -> int | None:
        """Read the old form, with or without a year and a zone word."""
        m = _OLD.match(stamp)
        if m is None or m[1] not in _MONTHS:
            return None
        year = m[3] or m[5]
        if m[6] is None:
            self.assumed_zone = True
        if not year:
            if m[6] and _ZONES[m[6]] != self._zone:
                return Reader(self._reference, _ZONES[m[6]])._without_year(f"{m[1]} {int(m[2]):2} {m[4]}")
            return self._without_year(f"{m[1]} {int(m[2]):2} {m[4]}")
        day = datetime(int(year), _MONTHS[m[1]], int(m[2]), tzinfo=_ZONES.get(m[6] or "", self._zone))
        clock = datetime.strptime(m[4], "%H:%M:%S.%f" if "." in m[4] else "%H:%M:%S")  # noqa: DTZ007 - only its hours are used
        at = (day.replace(hour=clock.hour, minute=clock.minute, second=clock.second, microsecond=clock.microsecond) - EPOCH) // _MICROSECOND
        return at if 0 <= at < YEAR_2100_US else None

    def _without_year(self, stamp: str) -> int | None:
        """Give the newest year that puts the line before the reference (plus a day, for clocks that are ahead)."""
        key = stamp[:6], stamp[7:9]
        if key not in self._days:
            self._days[key] = self._hour(stamp[:3], int(stamp[4:6]), int(stamp[7:9]))
        hour = self._days[key]
        if hour is None:
            return None
        fraction = stamp[16:]
        micros = int(fraction.ljust(6, "0")) if fraction else 0
        minute, second = int(stamp[10:12]), int(stamp[13:15])
        if minute > 59 or second > 60:
            return None
        return hour + (minute * 60 + second) * 1_000_000 + micros

    def _hour(self, month: str, day: int, hour: int) -> int | None:
        number = _MONTHS.get(month)
        if number is None:
            return None
        for year in range(self._reference.year + 1, self._reference.year - 5, -1):
            try:
                at = (datetime(year, number, day, hour, tzinfo=self._zone).astimezone(UTC) - EPOCH) // _MICROSECOND
            except ValueError:
                continue  # 29 February exists in some years only
            if at <= self._limit:
                return at
        return None
