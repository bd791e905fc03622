"""Instants as people read them: always Japan's time, always with its zone."""

from __future__ import annotations

from datetime import datetime

from sekimori.values.clock import JST

_DAYS_JA = "月火水木金土日"
_DAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def jst(instant: datetime, language: str, how: str = "full") -> str:
    """Return an aware instant in JST: `full` to the second, `minute`, or `date`, the zone named; `hour` for lists whose head names it.

    `2026年11月24日(火) 12:05:09 JST` · `Tue 24 Nov 2026, 12:05:09 JST`. Names of days are ours: no locale decides.
    """
    at = instant.astimezone(JST)
    if language == "ja":
        day = f"{at.year}年{at.month}月{at.day}日({_DAYS_JA[at.weekday()]})"
        gap = " "
    else:
        day = f"{_DAYS_EN[at.weekday()]} {at.day} {_MONTHS_EN[at.month - 1]} {at.year}"
        gap = ", "
    if how == "hour":
        return f"{at.month:2}月{at.day:2}日({_DAYS_JA[at.weekday()]}) {at.hour:02}時台" if language == "ja" else f"{_DAYS_EN[at.weekday()]} {at.day:2} {_MONTHS_EN[at.month - 1]}, {at:%H}:00–{at:%H}:59"
    if how == "date":
        return f"{day} JST"
    return f"{day}{gap}{at:%H:%M} JST" if how == "minute" else f"{day}{gap}{at:%H:%M:%S} JST"
