"""Dates of mail headers, as really written: RFC 5322 and 822, ctime, ISO 8601; the zone never guessed."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Literal, NamedTuple

MAX_LENGTH = 200

_MONTHS = {m: i for i, ms in enumerate(
    ("jan january", "feb february fév févr", "mar march mär märz mars", "apr april avr abr", "may mai mayo", "jun june juin", "jul july juil", "aug august août ago",
     "sep sept september", "oct october okt", "nov november", "dec december dez déc dic"), 1) for m in ms.split()}
_DAYS = {"mon": 0, "tue": 1, "wed": 2, "thu": 3, "fri": 4, "sat": 5, "sun": 6}
# Names that mean one offset only. IST, AST, BST, CST outside RFC 822 … mean several: BST and IST are left out.
_ZONES = {
    "ut": 0, "utc": 0, "gmt": 0, "z": 0, "wet": 0, "est": -300, "edt": -240, "cst": -360, "cdt": -300, "mst": -420, "mdt": -360, "pst": -480, "pdt": -420,
    "jst": 540, "kst": 540, "cet": 60, "cest": 120, "met": 60, "mest": 120, "mez": 60, "mesz": 120, "eet": 120, "eest": 180, "west": 60, "msk": 180,
    "hkt": 480, "sgt": 480, "aest": 600, "aedt": 660, "nzst": 720, "nzdt": 780, "akst": -540, "akdt": -480, "hst": -600, "日本標準時": 540, "東京": 540,
}
_COMMENT = re.compile(r"\(([^()]{0,80})\)")
_CLOCK = re.compile(r"(?<![\d:.+-])(\d{1,2})[:.]\s?(\d{2})(?:[:.]\s?(\d{2}))?(?:[.,](\d{1,9}))?(?![\d:])(?:\s*([AaPp])\.?[Mm]\b\.?)?")
_OFFSET = re.compile(r"(?:(?<=[\s\d])|(?<=UTC)|(?<=GMT))([+-])\s?(\d{2}):?(\d{2})(?!\d)")
_ISO_DAY = re.compile(r"(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_MONTH = "(" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + ")"
_DAY_MONTH = re.compile(r"(?<!\w)(\d{1,2})(?:st|nd|rd|th)?[\s.-]{1,3}" + _MONTH + r"\.?[\s,.'-]{0,3}(\d{2,5})(?!\d)", re.IGNORECASE)
_MONTH_DAY = re.compile(r"(?<!\w)" + _MONTH + r"[.,]?\s{1,3}(\d{1,2})(?:st|nd|rd|th)?(?![\d:])", re.IGNORECASE)
_YEAR = re.compile(r"(?<![\d:+-])(\d{4})(?![\d:])")
_WORD = re.compile(r"[^\W\d_]{1,8}")
# As RFC 5322 §3.3 writes it, with a four-figure year: most dates of mail.
_PLAIN = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), (\d{1,2}) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) (\d{4}) (\d\d):(\d\d):([0-5]\d) ([+-])(\d\d)([0-5]\d)(?: \([^()]{0,80}\))?", re.ASCII)


class Stamp(NamedTuple):
    """An instant as a header states it.

    `at` is aware where `zone` is `stated`, naive (the writer's local time) where it is `none`. `odd` lists what is
    strange: `minus_zero` (-0000: UTC, the writer's own zone unknown, RFC 5322 §3.3), `weekday` (does not fit the date),
    `short_year`, `bad_zone`, `leap_second`.
    """

    at: datetime
    zone: Literal["stated", "none"]
    odd: tuple[str, ...]

    @property
    def utc(self) -> datetime | None:
        """The instant in UTC, or None where no zone is known."""
        return self.at.astimezone(UTC) if self.zone == "stated" else None


def parse_date(text: str) -> Stamp | None:
    """Return the instant written in a Date or Received field, or None where none can be read. Never raises.

    Day and month in figures alone are read only year first; `24/11/2026` could mean two days and gives None.
    """
    text = text[:MAX_LENGTH].strip()
    plain = _PLAIN.fullmatch(text)
    if plain is not None and (stamp := _plain(plain)) is not None:
        return stamp
    comments = _COMMENT.findall(text)
    text = _COMMENT.sub(" ", text).replace("−", "-").replace("\u3000", " ")
    odd: list[str] = []
    iso = _ISO_DAY.search(text)
    text = text.replace("T", " ") if iso is not None else text
    clock = _CLOCK.search(text, iso.end() if iso is not None else 0)
    if clock is None:
        return None
    day = _day(text, iso, clock.span(), odd)
    if day is None:
        return None
    hour, minute, second = int(clock[1]), int(clock[2]), int(clock[3] or 0)
    if clock[5]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if clock[5] in "Pp" else 0)
    leap = second == 60
    try:
        at = datetime(*day, hour, minute, 59 if leap else second, int((clock[4] or "0").ljust(6, "0")[:6]))  # noqa: DTZ001 — the zone comes next
        weekday_found = at.weekday()
        at += timedelta(seconds=leap)
    except (ValueError, OverflowError):
        return None
    if leap:
        odd.append("leap_second")
    weekday = _DAYS.get(text[:3].lower())
    if weekday is not None and weekday_found != weekday:
        odd.append("weekday")
    offset = _zone(text[clock.end():], comments, odd)
    if offset is None:
        return Stamp(at, "none", tuple(odd))
    try:
        stated = at.replace(tzinfo=timezone(timedelta(minutes=offset)))
        stated.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return Stamp(stated, "stated", tuple(odd))


def _plain(m: re.Match[str]) -> Stamp | None:
    """Return a date in the standard's own form; None where anything in it is odd (the general way tells what)."""
    weekday, day, month, year, hour, minute, second, sign, hours, minutes = m.groups()
    offset = int(hours) * 60 + int(minutes)
    if offset > 14 * 60 or (offset == 0 and sign == "-"):
        return None
    try:
        at = datetime(int(year), _MONTHS[month.lower()], int(day), int(hour), int(minute), int(second), tzinfo=timezone(timedelta(minutes=-offset if sign == "-" else offset)))
        at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return Stamp(at, "stated", ()) if at.weekday() == _DAYS[weekday.lower()] else None


def _day(text: str, iso: re.Match[str] | None, clock: tuple[int, int], odd: list[str]) -> tuple[int, int, int] | None:
    if iso is not None:
        return int(iso[1]), int(iso[2]), int(iso[3])
    for m in _DAY_MONTH.finditer(text):
        month = _MONTHS.get(m[2].lower())
        # `24 Nov 10:00:00 2026`: the figures after the month are the clock's, the year stands elsewhere.
        if month is not None and not clock[0] <= m.start(3) < clock[1]:
            return _full_year(m[3], odd), month, int(m[1])
    for m in _MONTH_DAY.finditer(text):
        month = _MONTHS.get(m[1].lower())
        year = _YEAR.search(text, m.end()) if month is not None else None
        if month is not None and year is not None:
            return int(year[1]), month, int(m[2])
    return None


def _full_year(figures: str, odd: list[str]) -> int:
    """Two figures below 50 are 20xx, other two and three figures are counted from 1900 (RFC 5322 §4.3)."""
    year = int(figures)
    if len(figures) < 4:
        odd.append("short_year")
        return year + (2000 if year < 50 and len(figures) == 2 else 1900)
    return year


def _zone(rest: str, comments: list[str], odd: list[str]) -> int | None:
    """Return the offset in minutes, or None. A number rules over a name; a name in a comment counts where nothing else stands."""
    number = _OFFSET.search(" " + rest)
    if number is not None:
        hours, minutes = int(number[2]), int(number[3])
        if hours > 14 or minutes > 59:
            odd.append("bad_zone")
            return None
        if number[1] == "-" and hours == minutes == 0:
            odd.append("minus_zero")
        return (hours * 60 + minutes) * (-1 if number[1] == "-" else 1)
    for source in (rest, *comments):
        for word in _WORD.findall(source[:60]):
            if word.lower() in _ZONES and (len(word) > 1 or word == "Z"):
                return _ZONES[word.lower()]
        if source is rest and re.search(r"[+-]\s?\d", rest[:20]):
            odd.append("bad_zone")
            return None
    return None
