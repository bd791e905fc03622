"""Microsoft's SNDS: figures of a day, blocked ranges; what accuses, what is quiet, whose clock."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from reports.formats.mails import attached
from sekimori.reports import reading
from sekimori.reports.contract import Context, Item

TRAPS = "198.51.100.7,11/22/2026 8:00 AM,11/22/2026 9:00 PM,14129,14129,13025,GREEN,< 0.1%,11/22/2026 8:07 AM,11/22/2026 12:03 PM,41,,,"
RED = '198.51.100.8,11/22/2026 9:00 PM,11/23/2026 9:00 PM,47386,47386,47384,RED,< 0.1%,,,0,"mail,isp.example",x@shop.example,'
QUIET = "198.51.100.9,11/22/2026 9:00 PM,11/23/2026 9:00 PM,1,1,1,GREEN,< 0.1%,,,0,,,"
ANNOYING = "198.51.100.10,11/22/2026 12:00 AM,11/22/2026 12:30 PM,900,900,900,GREEN,0.3% - 0.5%,,,0,,,"
FETCHED = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


def read(text: str, ctx: Context | None = None) -> reading.Answer:
    return reading.answer(Item(text.encode(), filename="data.aspx"), ctx or Context())


def test_rows_that_accuse_become_findings_and_quiet_ones_are_counted() -> None:
    out = read("\r\n".join([TRAPS, RED, QUIET, ANNOYING, ""]))
    assert (out.format, out.read.kind) == ("snds", "report")
    assert [(f.source_ip, f.category, f.count, f.reporter_class) for f in out.findings] == [
        ("198.51.100.7", "messaging", 41, "GREEN complaints < 0.1% traps 41"), ("198.51.100.8", "messaging", 1, "RED complaints < 0.1% traps 0"),
        ("198.51.100.10", "messaging", 1, "GREEN complaints 0.3% - 0.5% traps 0")]
    assert out.read.detail == {"rows": 4, "quiet": 1}


def test_times_are_month_first_on_a_twelve_hour_clock_and_nobody_adds_a_zone() -> None:
    first, second, third = read("\n".join([TRAPS, RED, ANNOYING])).findings
    assert (first.time, first.last_time, first.zone) == (datetime(2026, 11, 22, 8, 7), datetime(2026, 11, 22, 12, 3), "none"), "of the traps"
    assert (second.time, second.last_time) == (datetime(2026, 11, 22, 21), datetime(2026, 11, 23, 21)), "of the activity"
    assert third.time == datetime(2026, 11, 22)
    # Pacific digits read as UTC are up to eight hours early: the error must cover that, and the whole period.
    assert first.time_error_s == 8 * 3600 + (3 * 60 + 56) * 60 + 60


def test_blocked_ranges_are_their_addresses_as_of_the_fetch() -> None:
    out = read("198.51.100.0,198.51.100.2,Yes,Blocked due to user complaints or other evidence of spamming\r\n198.51.100.9,198.51.100.9,No,\r\n", Context(received=FETCHED))
    assert (out.format, out.read.kind) == ("snds", "report")
    assert [(f.source_ip, f.category, f.type, f.time, f.derived) for f in out.findings] == [
        (f"198.51.100.{n}", "reputation", "blocklist", FETCHED, ["time"]) for n in range(3)]


@pytest.mark.parametrize(("bad", "reason"), [
    ("198.51.100.999,11/22/2026 8:00 AM,11/22/2026 9:00 PM,1,1,1,RED,< 0.1%,,,0,,,", "address"), ("198.51.100.7,13/22/2026 8:00 AM,11/22/2026 9:00 PM,1,1,1,RED,< 0.1%,,,0,,,", "time"),
    ("198.51.100.7,11/22/2026 9:00 PM,11/22/2026 8:00 AM,1,1,1,RED,< 0.1%,,,0,,,", "the end is before the start"), ("198.51.100.7,11/22/2026", "columns"),
    ('198.51.100.7,"11/22/2026 8:00 AM,11/22/2026 9:00 PM,1,1,1,RED,< 0.1%,,,0,,,', "columns"), ("198.51.100.7,11/22/2026 8:00 AM,11/22/2026 9:00 PM,1,1,1,RED,< 0.1%,,,many,,,", "many"),
])
def test_a_broken_row_spoils_no_other(bad: str, reason: str) -> None:
    out = read("\n".join([TRAPS, bad, RED]))
    assert [f.source_ip for f in out.findings] == ["198.51.100.7", "198.51.100.8"]
    assert out.read.broken_total == 1
    assert out.read.broken[0].line == 2
    assert reason in out.read.broken[0].reason


def test_a_range_that_is_too_wide_or_turned_round_is_told() -> None:
    out = read("198.51.0.0,198.51.255.255,Yes,x\n198.51.100.9,198.51.100.1,Yes,x\n198.51.100.1,198.51.100.1,Maybe,x\n198.51.100.1,198.51.100.1,Yes,x\n")
    assert ([f.source_ip for f in out.findings], out.read.broken_total) == (["198.51.100.1"], 3)


def test_a_day_without_accusation_is_no_abuse_and_a_mail_with_the_list_is_read_too() -> None:
    assert read(QUIET).read.kind == "not_abuse"
    out = reading.answer(Item(attached("snds.csv", RED.encode(), "text/csv")), Context())
    assert (out.format, [f.source_ip for f in out.findings]) == ("snds", ["198.51.100.8"])
