"""Business days and the execution window."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekimori.policy import calendar, files
from sekimori.policy.load import load_ladder
from sekimori.values.clock import JST

LADDER = load_ladder(Path(files.SHIPPED) / "ladder.toml")


def jst(text):
    return datetime.fromisoformat(text).replace(tzinfo=JST).astimezone(UTC)


@pytest.mark.parametrize(("day", "business"), [
    ("2026-11-03", False), ("2026-11-04", True), ("2026-11-07", False), ("2026-11-08", False), ("2026-12-28", True), ("2026-12-29", False),
    ("2026-12-31", False), ("2027-01-01", False), ("2027-01-03", False), ("2027-01-04", True), ("2026-05-06", False), ("2026-09-22", False),
    ("2027-03-22", False), ("2026-11-24", True)])
def test_business_days(day, business):
    assert calendar.is_business_day(date.fromisoformat(day)) is business


def test_golden_week_is_skipped():
    assert calendar.add_business_days(jst("2026-05-01T15:30"), 1) == jst("2026-05-07T15:30")


def test_new_year_is_skipped():
    assert calendar.add_business_days(jst("2026-12-28T10:00"), 3) == jst("2027-01-06T10:00")


@pytest.mark.parametrize(("at", "opens"), [
    ("2026-11-02T10:00", "2026-11-02T10:00"), ("2026-11-02T08:59:59", "2026-11-02T09:00"), ("2026-11-02T16:00", "2026-11-04T09:00"),
    ("2026-11-06T15:59:59", "2026-11-06T15:59:59"), ("2026-11-06T16:00", "2026-11-09T09:00"), ("2026-11-07T10:00", "2026-11-09T09:00")])
def test_the_window(at, opens):
    assert calendar.next_window(jst(at), LADDER) == jst(opens)
    assert calendar.in_window(jst(at), LADDER) is (at == opens)


def test_grace():
    assert calendar.grace_end(jst("2026-11-02T12:00"), "mail", LADDER) == jst("2026-11-05T12:00")
    assert calendar.grace_end(jst("2026-11-02T12:00"), "letter", LADDER) == jst("2026-11-12T12:00")


def test_noon_of_the_next_business_day():
    assert calendar.noon_of_next_business_day(jst("2026-11-06T23:00")) == jst("2026-11-09T12:00")
    assert calendar.noon_of_next_business_day(jst("2026-11-09T01:00")) == jst("2026-11-10T12:00")


def test_months_before():
    assert calendar.months_before(jst("2026-08-31T10:00"), 6) == jst("2026-02-28T10:00")
    assert calendar.months_before(jst("2026-03-15T10:00"), 6) == jst("2025-09-15T10:00")


@given(st.datetimes(datetime(2024, 1, 1), datetime(2032, 1, 1)))
def test_property_the_next_window_is_a_window_and_not_before(at):
    instant = at.replace(tzinfo=UTC)
    opens = calendar.next_window(instant, LADDER)
    assert opens >= instant
    assert calendar.in_window(opens, LADDER)
    assert opens - instant <= timedelta(days=12)
