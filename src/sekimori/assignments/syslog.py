"""The head of a syslog line: when, and from whom. Many lines share a second, so times are remembered by their text."""

from __future__ import annotations

import re
from functools import lru_cache

from sekimori.assignments.events import Context
from sekimori.assignments.stamps import MONTHS, at, iso, year_before, zone_option

_TIME = (
    rb"(?:\d{4} )?[A-Z][a-z]{2} {1,2}\d{1,2} (?:\d{4} )?\d\d:\d\d:\d\d(?:\.\d{1,6})?(?: \d{4}(?= ))?(?: (?:UTC|GMT|JST))?"
    rb"|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?: ?(?:Z|[+-]\d\d:?\d\d|UTC|GMT|JST))?"
)
HEAD = rb"(?:(?:\d{1,5} )?<\d{1,3}>)?(?:1 )?(" + _TIME + rb"):? {1,3}(\S{1,255})"
"""Time and host of RFC 3164, RFC 5424, Cisco's (year first, after the day or last) and ISO lines, also with a frame's length before them
(RFC 6587 §3.4.1); a pattern to begin others with."""
_RELAYED = re.compile(
    HEAD + rb"(?: \([^()\n]{1,40}\))? (?:(?:<\d{1,3}>)?(?:1 )?)(" + _TIME + rb")(?:: |:? {1,2}(?=\[)| {1,3})(?:(\[)|(\S{1,255}))"
)
"""A line within a line: the collector's time and the sender, then the device's own head."""
_CLOCK = re.compile(rb"\d\d:\d\d:\d\d")
"""A second time of day behind the first: only then there may be two heads."""
_TWICE = re.compile(rb"(?:<\d{1,3}>)?(" + _TIME + rb"):? {1,2}(" + _TIME + rb"):? {1,2}([^\s{\[:]{1,255})")
"""Two times and one host: a relay that drops the sender."""
_IOS = re.compile(
    rb"(?:(?:\d{1,5} )?<\d{1,3}>|(" + _TIME + rb"):? (\S{1,255}) )(?:\d{1,12}: )?(?:(?!\d)([^\s:]{1,255}): )?(?:\d{1,12}: )?([*.]?)(" + _TIME.replace(rb"(?: (?:UTC|GMT|JST))?", rb"(?: (?i:UTC|GMT|JST))?", 1)
    + rb"): (?=%)"
)
"""Cisco IOS: sequence number, host, `*` where the clock was never set, time, colon."""
_OLD = re.compile(
    r"(?:(\d{4}) )?([A-Z][a-z]{2}) {1,2}(\d{1,2}) (?:(\d{4}) )?(\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?(?: (\d{4}))?(?: (UTC|GMT|JST))?\Z"
)

NO_ZONE = -1
"""Returned where a time states no zone and none was given: never guessed."""


class Times:
    """Reads the times of one file's heads. `zone` may be learned later (a Juniper epoch beside its head)."""

    def __init__(self, context: Context) -> None:
        self.now = context.now
        self.zone = zone_option(context.options)
        if self.zone is None:
            self.zone = context.state.get("zone")

    def read(self, text: bytes) -> int | None:
        """Return microseconds UTC, NO_ZONE, or None where it is no time."""
        return _read(text, self.zone, self.now)

    def learn(self, text: bytes, epoch: int) -> None:
        """Learn the zone from a head and the true time of its record (microseconds): offsets are whole quarters of an hour."""
        naive = _read(text, 0, epoch)
        if naive is None or self.zone is not None:
            return
        quarter = 900_000_000
        difference = naive - epoch
        nearest = round(difference / quarter)
        if abs(difference - nearest * quarter) <= 120_000_000 and abs(nearest) <= 4 * 14:
            self.zone = nearest * 900


def unwrapped(line: bytes, times: Times) -> tuple[bytes, int | None] | str:
    """Return a line with its device's own head, and when a collector wrote it down (microseconds, None where that is not told).

    Of two times the device's is taken where it states its zone, or lies within two minutes of the collector's; else the collector's, which then
    is the only one that is certain. `*` before an IOS time means that the clock was never set: only a collector's time helps then, else the
    refusal `clock_not_set` is returned.
    """
    if _CLOCK.search(line, 24, 160) is None and b": %" not in line:
        return line, None
    found = _IOS.match(line)
    if found is not None:
        outer, sender, host, mark, inner = found.groups()
        head = b"%b %b " % (inner[:-3] + inner[-3:].upper() if inner[-3:].isalpha() else inner, host or sender or b"-")
        rest = line[found.end():]
        if outer is None:
            return "clock_not_set" if mark == b"*" else (head + rest, None)
        return _chosen(outer, None if mark == b"*" else head[: len(inner)], host or sender or b"-", rest, times)
    found = _TWICE.match(line)
    if found is not None:
        return _chosen(found[1], found[2], found[3], line[found.end():], times)
    found = _RELAYED.match(line)
    if found is None:
        return line, None
    outer, sender, inner, bracket, host = found.groups()
    name = sender if bracket or host is None else host
    return _chosen(outer, inner, name.rstrip(b":"), line[found.end(3) :].lstrip(b": ") if bracket else line[found.end() :], times)


def _chosen(outer: bytes, inner: bytes | None, host: bytes, rest: bytes, times: Times) -> tuple[bytes, int | None]:
    written = times.read(outer)
    if inner is not None and written is not None:
        own = times.read(inner)
        stated = _read(inner, None, times.now) not in {None, NO_ZONE}
        if own is not None and own != NO_ZONE and (stated or (written != NO_ZONE and abs(own - written) <= 120_000_000)):
            return b"%b %b %b" % (inner, host, rest), None if written == NO_ZONE else written
    return b"%b %b %b" % (outer, host, rest), None


@lru_cache(maxsize=65_536)
def _read(text: bytes, zone: int | None, now: int) -> int | None:
    plain = text.decode("ascii", "replace")
    if plain[:4].isdigit() and plain[4:5] == "-":
        value = iso(plain, zone)
        return NO_ZONE if value is None and zone is None and iso(plain, 0) is not None else value
    found = _OLD.match(plain)
    if found is None or found[2] not in MONTHS:
        return None
    if found[10]:
        zone = 9 * 3600 if found[10] == "JST" else 0
    if zone is None:
        return NO_ZONE
    month, day = MONTHS[found[2]], int(found[3])
    stated = found[1] or found[4] or found[9]
    year = int(stated) if stated else year_before(now, month, day)
    return at(year, month, day, int(found[5]), int(found[6]), int(found[7]), int((found[8] or "0").ljust(6, "0")), zone)
