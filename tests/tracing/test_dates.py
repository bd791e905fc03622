"""Dates of headers: what is read, what is refused, and that the zone is never guessed."""

from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekimori.tracing import parse_date

NOON_TOKYO = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
DAY_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTH_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@pytest.mark.parametrize("text", [
    "Tue, 24 Nov 2026 12:00:00 +0900 (JST)", "24 Nov 2026 12:00 JST", "Tue Nov 24 12:00:00 JST 2026", "Tue, 24 Nov 2026 12:00:00 (JST)",
    "2026-11-24T12:00:00+09:00", "2026-11-24T03:00:00Z", "2026/11/24 12:00:00 +0900", "24 Nov 26 03:00:00 GMT", "Tue, 24 Nov 2026 03:00:00 -0000",
    "Tuesday, 24-Nov-2026 03:00:00 UTC", "Nov 24, 2026 12:00:00 PM +0900", "2026-11-24 03:00:00.000000001 +0000 UTC m=+7747775.3", "Tue,24 Nov 2026 12.00.00 +0900",
    "Tue, 24 Nov 2026 12:00:00 GMT+09:00", "Tue, 24 Nov 2026 14:00:00 +1100 (AEDT)", "Mon, 23 Nov 2026 19:00:00 -0800 (PST)", "Tue, 24 Nov 2026 12:00:00 +0900 (東京 (標準時))",
])
def test_one_instant_in_many_hands(text: str) -> None:
    stamp = parse_date(text)
    assert stamp is not None and stamp.zone == "stated" and stamp.utc == NOON_TOKYO


@pytest.mark.parametrize(("text", "odd"), [
    ("Tue, 24 Nov 2026 12:00:00", ()), ("Tue Nov 24 12:00:00 2026", ()), ("Tue, 24 Nov 2026 12:00:00 +2500", ("bad_zone",)), ("Tue, 24 Nov 2026 12:00:00 A", ()),
    ("Tue, 24 Nov 2026 12:00:00 IST", ()), ("Tue, 24 Nov 2026 12:00:00 BST", ()), ("Mon, 24 Nov 2026 12:00:00", ("weekday",)),
])
def test_without_a_sure_zone_the_time_is_local(text: str, odd: tuple) -> None:
    stamp = parse_date(text)
    assert stamp is not None
    assert (stamp.zone, stamp.utc, stamp.at, stamp.odd) == ("none", None, datetime(2026, 11, 24, 12), odd)


def test_minus_zero_is_utc_and_said() -> None:
    stamp = parse_date("Tue, 24 Nov 2026 03:00:00 -0000")
    assert stamp is not None and stamp.odd == ("minus_zero",)


def test_leap_second() -> None:
    stamp = parse_date("Sat, 31 Dec 2016 23:59:60 +0000")
    assert stamp is not None and stamp.utc == datetime(2017, 1, 1, tzinfo=UTC) and stamp.odd == ("leap_second",)


@pytest.mark.parametrize(("year", "full"), [("26", 2026), ("49", 2049), ("50", 1950), ("99", 1999), ("102", 2002)])
def test_short_years(year: str, full: int) -> None:
    stamp = parse_date(f"24 Nov {year} 12:00:00 +0900")
    assert stamp is not None and stamp.at.year == full and "short_year" in stamp.odd


@pytest.mark.parametrize("text", [
    "", "now", "31 Feb 2026 12:00:00 +0000", "Thu, 1 Jan 99999 00:00:00 +0000", "24/11/2026 12:00:00 +0900", "24 Nov 2026 25:00:00 +0000", "24 Nov 2026",
    "99 Nov 2026 12:00:00", "24 Foo 2026 12:00:00", "1 Jan 0001 00:00:00 +1400", "31 Dec 9999 23:59:59 -1200", "x" * 100_000, "1:" * 50_000, "24 Nov 2026 13:00 PM",
])
def test_what_is_no_date(text: str) -> None:
    assert parse_date(text) is None


@given(st.datetimes(min_value=datetime(1970, 1, 2), max_value=datetime(2100, 1, 1)), st.integers(-12 * 60, 14 * 60))
def test_every_standard_date(at: datetime, offset: int) -> None:
    stated = at.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=offset)))
    stamp = parse_date(format_datetime(stated))
    assert stamp is not None and stamp.at == stated and stamp.zone == "stated"


@given(st.one_of(st.text(max_size=120), st.text(alphabet="0123456789:+-/., TZAPMJSTNov()", max_size=80)))
def test_any_text(text: str) -> None:
    stamp = parse_date(text)
    assert stamp is None or (stamp.zone == "stated") == (stamp.at.tzinfo is not None)


@given(st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2100, 1, 1)), st.integers(-1_000, 1_000), st.sampled_from(DAY_NAMES), st.sampled_from(["", " (JST)", " (UTC)"]))
def test_the_standard_form_is_read_like_every_other(when: datetime, offset: int, name: str, comment: str) -> None:
    zone = f"{'-' if offset < 0 else '+'}{abs(offset) // 60:02d}{abs(offset) % 60:02d}"
    day, rest = f"{name}, {when.day}", f"{MONTH_NAMES[when.month - 1]} {when.year:04d} {when:%H:%M:%S} {zone}{comment}"
    # Two blanks are not the standard's form: the general way reads them.
    assert parse_date(f"{day} {rest}") == parse_date(f"{day}  {rest}")
