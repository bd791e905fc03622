"""Times as reporters write them: found in text with their span, zone and precision; or parsed from one field.

A time without a zone stays without one: nobody adds the reporter's, ours or UTC (attribution.md §1.6: JST read as UTC
names a wrong contract in 35 of 100 cases). Numeric dates that read two ways (03/04/2026) are no dates.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo

from sekimori.reports.common.timeforms import ERA, HINT, MONTHS, PATTERNS
from sekimori.reports.common.zones import zone_of

PRECISION_S = {"us": 0.0, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}
"""How wide a stated time is, in seconds, by its smallest stated unit."""

_RFC = re.compile(r"(?:[A-Z][a-z]{2}, {1,2})?(\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d) ([+-]\d{4}|GMT|UTC)(?: \([A-Za-z ]{1,20}\))?")
_EPOCH = re.compile(r"(?<![\w./-])(?<![^\"']:)(?P<s>1[0-9]{9})(?:\.(?P<f>\d{1,9})|(?P<ms>\d{3})|(?P<us>\d{6}))?(?![\w:/-]|\.\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class When:
    """A time found in text. `value` is aware UTC with `zoned`, else naive; without a year `value` has year 1900."""

    value: datetime
    zoned: bool
    precision: str
    """Smallest stated unit: `us s m h d`."""
    raw: str
    start: int = 0
    end: int = 0
    yearless: bool = False

    @property
    def error_s(self) -> float:
        """How wide the stated time is, in seconds."""
        return PRECISION_S[self.precision]

    def in_zone(self, zone: tzinfo) -> When:
        """Return a time without zone as one of `zone`."""
        if self.zoned:
            return self
        try:
            return replace(self, value=self.value.replace(tzinfo=zone).astimezone(UTC), zoned=True)
        except OverflowError:
            return self

    def with_year(self, received: datetime | None) -> When | None:
        """Return a yearless time in the year that puts it last before `received` (a day of slack), or None without one."""
        if not self.yearless:
            return self
        if received is None:
            return None
        latest = received.astimezone(UTC).replace(tzinfo=None) + timedelta(days=1)
        for year in (latest.year, latest.year - 1):
            try:
                candidate = self.value.replace(year=year)
            except ValueError:
                continue
            if candidate.replace(tzinfo=None) <= latest:
                return replace(self, value=candidate, yearless=False)
        return None


def find(text: str, limit: int = 2_000) -> list[When]:
    """Return the times written in `text` in order, at most `limit`. Linear in the text; overlapping readings: the longest."""
    if not HINT.search(text) and not _EPOCH.search(text):
        return []
    hits: list[When] = []
    for name, pattern in PATTERNS:
        for m in pattern.finditer(text):
            when = _build(name, m)
            if when is not None:
                hits.append(when)
                if len(hits) > limit * 4:
                    break
    hits.sort(key=lambda w: (w.start, w.yearless, -w.end))
    out: list[When] = []
    for w in hits:
        if out and w.start < out[-1].end:
            if not (out[-1].yearless and not w.yearless and w.end > out[-1].end):
                continue
            out.pop()
        out.append(w)
        if len(out) >= limit:
            break
    return out


def find_epochs(text: str, limit: int = 500) -> list[When]:
    """Return the epoch seconds (also with fraction, ms or µs) written in `text` between 2001 and 2065: only where the
    text around them says that they are times; the caller decides.
    """
    out = []
    for m in _EPOCH.finditer(text):
        when = _epoch(m)
        if when is not None:
            out.append(when)
            if len(out) >= limit:
                break
    return out


def _epoch(m: re.Match[str]) -> When | None:
    seconds = int(m["s"])
    fraction = m["f"] or m["ms"] or m["us"] or ""
    try:
        value = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    if fraction:
        value += timedelta(microseconds=int(fraction[:6].ljust(6, "0")))
    return When(value, True, "s", m[0], m.start(), m.end())


def parse(text: str, *, epoch: bool = True) -> When | None:
    """Return the time that a whole field holds (ISO, RFC 5322, epoch s/ms/µs, FILETIME, Japanese …), or None.

    Trailing comments are allowed, other text is not.
    """
    text = text.strip().strip("\"'")
    if not 4 <= len(text) <= 80:
        return None
    fast = _fast(text)
    if fast is not None:
        return fast
    if epoch and text.replace(".", "", 1).isdigit():
        return _number(text)
    best: When | None = None
    for w in find(text, 4):
        rest = (text[:w.start] + text[w.end:]).strip(" \t()[],;.")
        if (len(rest) <= 12 and not re.search(r"\d", rest)) or re.fullmatch(r"\([A-Za-z ]{1,40}\)?", rest):
            best = w if best is None or (w.end - w.start) > (best.end - best.start) else best
    return best


def _fast(text: str) -> When | None:
    if len(text) >= 19 and text[4:5] == "-" and text[13:14] == ":" and text[16:17] == ":" and text[10:11] in " T":
        body = text
        zoned = False
        if text.endswith((" UTC", " GMT")):
            body, zoned = text[:-4], True
        try:
            value = datetime.fromisoformat(body)
        except ValueError:
            return None
        if value.tzinfo is not None:
            if body.endswith(("-00:00", "-0000")):
                return When(value.replace(tzinfo=None), False, "s", text, 0, len(text))
            try:
                return When(value.astimezone(UTC), True, "s", text, 0, len(text))
            except OverflowError:
                return None
        return When(value.replace(tzinfo=UTC) if zoned else value, zoned, "s", text, 0, len(text))
    m = _RFC.fullmatch(text)
    if m is not None:
        try:
            value = datetime(int(m[3]), MONTHS[m[2].lower()], int(m[1]), int(m[4]), int(m[5]), int(m[6]), tzinfo=zone_of(m[7]))
        except (ValueError, KeyError, OverflowError):
            return None
        if value.tzinfo is not None:
            return When(value.astimezone(UTC), True, "s", text, 0, len(text))
    return None


def _number(text: str) -> When | None:
    whole, _, fraction = text.partition(".")
    n = int(whole)
    try:
        if len(whole) in (9, 10):
            value = datetime.fromtimestamp(n, UTC) + timedelta(microseconds=int((fraction or "0")[:6].ljust(6, "0")))
        elif len(whole) == 13:
            value = datetime.fromtimestamp(n // 1000, UTC) + timedelta(milliseconds=n % 1000)
        elif len(whole) == 16:
            value = datetime.fromtimestamp(n // 1_000_000, UTC) + timedelta(microseconds=n % 1_000_000)
        elif len(whole) == 18:
            # Windows FILETIME: 100 ns since 1601-01-01 UTC.
            value = datetime(1601, 1, 1, tzinfo=UTC) + timedelta(microseconds=n // 10)
        elif len(whole) == 14 and not fraction:
            return When(datetime.strptime(text, "%Y%m%d%H%M%S"), False, "s", text, 0, len(text))  # noqa: DTZ007  the zone is not stated
        else:
            return None
    except (ValueError, OverflowError, OSError):
        return None
    return When(value, True, "s", text, 0, len(text)) if 1990 <= value.year <= 2100 else None


def _build(name: str, m: re.Match[str]) -> When | None:
    g = m.groupdict()
    yearless = False
    month = g.get("m")
    day = g.get("d")
    if name == "dmy":
        a, b = int(g["a"]), int(g["b"])
        if g["sep"] == "." or a > 12:
            day, month = str(a), str(b)
        elif b > 12:
            month, day = str(a), str(b)
        elif a == b:
            day = month = str(a)
        else:
            return None
    year = _year(name, g)
    if year is None:
        year, yearless = 1900, True
        if name == "ja" and ("月" not in m[0] or "日" not in m[0]):
            return None
    mon = MONTHS[g["mon"][:3].lower()] if g.get("mon") else int(month or 0)
    hour = g.get("H")
    precision = "d"
    h = minute = s = us = 0
    if hour is not None:
        h, precision = int(hour), "h"
        if g.get("M"):
            minute, precision = int(g["M"]), "m"
        elif g.get("half"):
            minute, precision = 30, "m"
        if g.get("S"):
            s, precision = min(int(g["S"]), 59), "s"
            fraction = g.get("f") or g.get("f2")
            if fraction:
                us = int(fraction[:6].ljust(6, "0"))
        ap = (g.get("ap") or "").lower()
        if ap in ("p", "午後", "pm") and h < 12:
            h += 12
        elif ap in ("a", "午前", "am") and h == 12:
            h = 0
        elif ap in ("夕方", "夜") and h < 12:
            if h < 4:
                # 夜1時 may be this night's or the next: the day alone is sure.
                h, minute, s, precision = 0, 0, 0, "d"
            else:
                h += 12
        if name == "iso" and g.get("sep") == "." and g.get("M") is None:
            return None
    elif g.get("ap") == "正午":
        h, precision = 12, "m"
    elif name == "syslog" or (name == "iso" and g.get("sep") == "."):
        return None
    extra = timedelta(0)
    if h == 24:
        if minute or s:
            return None
        h, extra = 0, timedelta(days=1)
    elif h > 24:
        return None
    try:
        value = datetime(year, mon, int(day or 0), h, minute, s, us) + extra  # noqa: DTZ001  the zone is not known yet
    except (ValueError, OverflowError):
        if yearless and mon == 2 and int(day or 0) == 29:
            value = datetime(1904, 2, 29, h, minute, s, us)  # noqa: DTZ001  a leap year stands in until the year is known
        else:
            return None
    word = g.get("zone") or g.get("zone2")
    zone = zone_of(word) if word and precision != "d" else None
    if zone is None or yearless:
        if zone is not None and yearless:
            return When(value.replace(tzinfo=zone), True, precision, m[0], m.start(), m.end(), True)
        return When(value, False, precision, m[0].rstrip(), m.start(), m.end(), yearless)
    try:
        return When(value.replace(tzinfo=zone).astimezone(UTC), True, precision, m[0].rstrip(), m.start(), m.end())
    except OverflowError:
        return None


def _year(name: str, g: dict[str, str | None]) -> int | None:
    era = g.get("era")
    if era:
        n = g.get("ey") or ""
        return ERA[era.upper() if era.isascii() else era] + (1 if n == "元" else int(n))
    y = g.get("y")
    if not y:
        return None
    return int(y) + (2000 if len(y) == 2 else 0)


def nearest(times: list[When], position: int) -> When | None:
    """Return the time whose span is nearest to a character position, or None for an empty list (sorted by start)."""
    if not times:
        return None
    i = bisect_right([t.start for t in times], position)
    near = times[max(0, i - 1):i + 1]
    return min(near, key=lambda t: min(abs(t.start - position), abs(t.end - position)))
