"""Zone words: what a time zone name or offset says, and the text-wide statements that give all times their zone."""

from __future__ import annotations

import re
from datetime import UTC, timedelta, timezone, tzinfo

# Hours from UTC. Names that two countries use for different offsets (CST, IST, BST, AST, WST) are left out on purpose:
# a wrong zone names a wrong contract (attribution.md §1.6), no zone makes a person look.
_NAMES: dict[str, float] = {
    "Z": 0, "UTC": 0, "GMT": 0, "UT": 0, "JST": 9, "KST": 9, "HKT": 8, "SGT": 8, "AEST": 10, "AEDT": 11, "NZST": 12,
    "NZDT": 13, "CET": 1, "CEST": 2, "MEZ": 1, "MESZ": 2, "WET": 0, "WEST": 1, "EET": 2, "EEST": 3, "MSK": 3,
    "EST": -5, "EDT": -4, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "BRT": -3, "SAST": 2,
    "日本時間": 9, "日本標準時": 9, "協定世界時": 0, "世界標準時": 0, "世界協定時": 0, "グリニッジ標準時": 0,
    "ASIA/TOKYO": 9, "TOKYO STANDARD TIME": 9, "JAPAN": 9, "ASIA/SEOUL": 9, "ETC/UTC": 0,
}
_WORDS = "|".join(sorted((re.escape(n) for n in _NAMES if n not in {"Z", "JAPAN"}), key=len, reverse=True))

ZONE = (r"(?P<zone>(?:UTC|GMT)?[ ]?[+\-−][ ]?(?:1[0-4]|0?\d):?(?:[0-5]\d)?(?!\d|\.\d)|Z(?![A-Za-z])|(?:" + _WORDS + r")(?![A-Za-z/]))")
"""Pattern of a zone word or offset right behind a time (case-insensitive)."""

_OFFSET = re.compile(r"(?:UTC|GMT)?[ ]?([+\-−])[ ]?(1[0-4]|0?\d):?([0-5]\d)?", re.IGNORECASE)


def zone_of(word: str) -> tzinfo | None:
    """Return the zone that a word or offset names, or None where it is unknown or means two things. `-0000` is none
    (RFC 5322 §3.3: the sender states no zone).
    """
    word = word.strip().strip("()[] 　").upper()
    if word in _NAMES:
        hours = _NAMES[word]
        return UTC if hours == 0 else timezone(timedelta(hours=hours))
    m = _OFFSET.fullmatch(word)
    if m is None:
        return None
    minutes = int(m[2]) * 60 + int(m[3] or 0)
    if m[1] != "+":
        if minutes == 0 and not word.startswith(("UTC", "GMT")):
            return None
        minutes = -minutes
    return timezone(timedelta(minutes=minutes)) if -720 <= minutes <= 840 else None


_STATEMENT = re.compile(
    r"(?:"
    r"(?:time[ ]?-?zone|timezone|tz|タイムゾーン|時間帯)[ \t]{0,4}(?:is|of|used|=|:|:|は|が)?[^\n]{0,40}?"
    r"|(?:times?(?:stamps?)?|timestamps?|dates?|date/time\w{0,6}|clock|logs?|entries)\b[^\n.]{0,60}?\b(?:are|is|in|as|at)\b[^\n.]{0,24}?"
    r"|(?:時刻|日時|時間|ログ|タイムスタンプ|記録)[^\n。]{0,24}?"
    r"|\b(?:(?:all )?times?(?:tamps?)?|clock)[ :]{1,3}"
    r"|[\(\[（](?:[^\n()（）\[\]]{1,12}[・、, ])?"
    r"|\b(?:all|given|listed|stated|reported)\b[^\n.]{0,20}?\bin\b[ ]"
    r"|^[ \t>]{0,8}(?:all[ ])?(?=[A-Za-z]{3,4}[).。 \t]{0,4}$)"
    r")(?P<zone>(?:(?:UTC|GMT)[ ]?[+\-−][ ]?(?:1[0-4]|0?\d)(?::?[0-5]\d)?|[+\-−](?:1[0-4]|0\d):?[0-5]\d(?!\d)|(?<![A-Za-z])(?:" + _WORDS + r")(?![A-Za-z/])))",
    re.IGNORECASE | re.ASCII | re.MULTILINE)


def stated_for_all(text: str) -> tuple[tzinfo, int, int] | None:
    """Return (zone, start, end) where the text says once which zone its times are in; None where it says none or two.

    Reads the first 64 K characters.
    """
    found: dict[tzinfo, tuple[int, int]] = {}
    for m in _STATEMENT.finditer(text[:65_536]):
        zone = zone_of(m["zone"])
        if zone is not None:
            offset = zone.utcoffset(None)
            key = timezone(offset) if offset is not None else zone
            found.setdefault(key, m.span("zone"))
    if len(found) != 1:
        return None
    zone, (start, end) = next(iter(found.items()))
    return zone, start, end


def word(zone: tzinfo) -> str:
    """Return a fixed zone as an offset word (`+09:00`) that `zone_of` reads."""
    minutes = int((zone.utcoffset(None) or timedelta(0)).total_seconds()) // 60
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}" if minutes else "UTC"
