"""Times as logs write them → microseconds UTC. Strict about zones: a time without one is never guessed."""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import lru_cache

SECOND = 1_000_000
DAY = 86_400 * SECOND
MONTHS = {m: n for n, m in enumerate(("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), 1)}
ZONES = {"UTC": 0, "GMT": 0, "Z": 0, "JST": 9 * 3600}
"""Abbreviations that we take. CST, IST and the like name several zones: those must be given by `--set zone=`."""
_OFFSET = re.compile(r"([+-])(\d{2})(?::?(\d{2}))?\Z")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2}):(\d{2})(?:[.,](\d{1,9}))?[ ]?(Z|UTC|GMT|JST|[+-]\d{2}(?::?\d{2})?)?\Z")
LATEST = 4_102_444_800 * SECOND
"""2100-01-01: later times are mistakes."""


def parse_zone(text: str) -> int | None:
    """Return a zone's offset in seconds (`+09:00`, `JST`, `UTC`), or None where it is unknown or means several."""
    text = text.strip()
    if text in ZONES:
        return ZONES[text]
    found = _OFFSET.match(text)
    if found and int(found[2]) < 15 and int(found[3] or 0) < 60:
        return (int(found[2]) * 3600 + int(found[3] or 0) * 60) * (-1 if found[1] == "-" else 1)
    return None


@lru_cache(maxsize=4096)
def day_start(year: int, month: int, day: int) -> int | None:
    """Return the microseconds of 00:00 UTC of a date, or None where there is no such date."""
    try:
        return (date(year, month, day).toordinal() - 719_163) * DAY
    except ValueError:
        return None


def at(year: int, month: int, day: int, hour: int, minute: int, second: int, micro: int = 0, zone: int = 0) -> int | None:
    """Return an instant from its parts and the zone's offset in seconds, or None where it is no time after 1970."""
    base = day_start(year, month, day)
    if base is None or hour > 23 or minute > 59 or second > 60:
        return None
    value = base + ((hour * 60 + minute) * 60 + second - zone) * SECOND + micro
    return value if 0 <= value < LATEST else None


def iso(text: str, zone: int | None = None) -> int | None:
    """Return the instant of an ISO 8601 text. Without an offset in it, `zone` (seconds) is taken; without that, None."""
    found = _ISO.match(text.strip())
    if not found:
        return None
    offset = parse_zone(found[8]) if found[8] else zone
    if offset is None:
        return None
    micro = int((found[7] or "0")[:6].ljust(6, "0"))
    year, month, day, hour, minute, second = (int(found[n]) for n in range(1, 7))
    return at(year, month, day, hour, minute, second, micro, offset)


def epoch(text: str) -> int | None:
    """Return the instant of a whole or decimal number of seconds since 1970, or None."""
    whole, _, part = text.partition(".")
    if not whole.isdecimal() or not whole.isascii() or len(whole) > 11 or (part and not part.isdecimal()):
        return None
    value = int(whole) * SECOND + int(part[:6].ljust(6, "0") if part else 0)
    return value if value < LATEST else None


def stamp(text: str, zone: int | None = None) -> int | None:
    """Return the instant of an epoch number or ISO 8601 text, or None."""
    return epoch(text) if text[:1].isdigit() and "-" not in text else iso(text, zone)


def zone_option(options: Mapping[str, str]) -> int | None:
    """Return the offset that `--set zone=` states, in seconds, or None."""
    return parse_zone(options.get("zone", ""))


def year_before(now: int, month: int, day: int) -> int:
    """Return the year that a date without one means: the latest that is not more than a day ahead of `now`."""
    today = datetime.fromtimestamp((now + DAY) // SECOND, UTC)
    year = today.year if (month, day) <= (today.month, today.day) else today.year - 1
    if (month, day) == (2, 29):
        while not calendar.isleap(year):
            year -= 1
    return year
