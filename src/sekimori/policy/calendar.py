"""Business days and the execution window, in Japanese time. Pure.

No business days: Saturdays, Sundays, national holidays with their substitutes (国民の祝日に関する法律), and
29 December to 3 January (行政機関の休日に関する法律 1条, as companies keep it).
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

import jpholiday

from sekimori.policy.types import Ladder
from sekimori.values.clock import JST


@lru_cache(maxsize=4096)
def is_business_day(day: date) -> bool:
    """Tell whether a date (in Japan) is a business day."""
    if day.weekday() >= 5 or (day.month, day.day) in {(12, 29), (12, 30), (12, 31), (1, 1), (1, 2), (1, 3)}:
        return False
    return not jpholiday.is_holiday(day)


def day_of(instant: datetime) -> date:
    """Return the JST calendar day of an instant."""
    return instant.astimezone(JST).date()


def add_business_days(instant: datetime, days: int) -> datetime:
    """Return the same clock time (JST) on the `days`-th business day after the instant's day."""
    local = instant.astimezone(JST)
    day = local.date()
    for _ in range(days):
        day += timedelta(days=1)
        while not is_business_day(day):
            day += timedelta(days=1)
    return datetime.combine(day, local.timetz()).astimezone(UTC)


def noon_of_next_business_day(instant: datetime) -> datetime:
    """Return 12:00 JST of the first business day after the instant's day."""
    day = day_of(add_business_days(instant, 1))
    return datetime.combine(day, time(12), JST).astimezone(UTC)


def in_window(instant: datetime, ladder: Ladder) -> bool:
    """Tell whether measures may be carried out at this instant (start included, end not)."""
    local = instant.astimezone(JST)
    return is_business_day(local.date()) and ladder.window_from_hour <= local.hour < ladder.window_to_hour


def next_window(instant: datetime, ladder: Ladder) -> datetime:
    """Return the instant itself when it lies in an execution window, else the start of the next one."""
    if in_window(instant, ladder):
        return instant
    local = instant.astimezone(JST)
    day = local.date()
    if local.hour >= ladder.window_from_hour:
        day += timedelta(days=1)
    while not is_business_day(day):
        day += timedelta(days=1)
    return datetime.combine(day, time(ladder.window_from_hour), JST).astimezone(UTC)


def grace_end(delivered: datetime, channel: str, ladder: Ladder) -> datetime:
    """Return when grace ends: so many hours after delivery; for a letter, then the same time some business days later."""
    end = delivered + timedelta(hours=ladder.grace_hours)
    return add_business_days(end, ladder.grace_letter_business_days) if channel == "letter" else end


def months_before(instant: datetime, months: int) -> datetime:
    """Return the same day and time (JST) `months` earlier, or the last day of that month where it is shorter."""
    local = instant.astimezone(JST)
    index = local.year * 12 + local.month - 1 - months
    year, month = index // 12, index % 12 + 1
    for day in (local.day, 30, 29, 28):
        try:
            return local.replace(year=year, month=month, day=min(day, local.day)).astimezone(UTC)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")
