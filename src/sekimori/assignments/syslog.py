"""The head of a syslog line: when, and from whom. Many lines share a second, so times are remembered by their text."""

from __future__ import annotations

import re
from functools import lru_cache

from sekimori.assignments.events import Context
from sekimori.assignments.stamps import MONTHS, at, iso, year_before, zone_option

HEAD = (
    rb"(?:<\d{1,3}>)?(?:1 )?"
    rb"((?:\d{4} )?[A-Z][a-z]{2} {1,2}\d{1,2} (?:\d{4} )?\d\d:\d\d:\d\d(?:\.\d{1,6})?(?: (?:UTC|GMT|JST))?"
    rb"|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?: ?(?:Z|[+-]\d\d:?\d\d|UTC|GMT|JST))?):? (\S{1,255})"
)
"""Time and host of RFC 3164, RFC 5424, Cisco's (year first or after the day) and ISO lines; a pattern to begin others with."""
_OLD = re.compile(r"(?:(\d{4}) )?([A-Z][a-z]{2}) {1,2}(\d{1,2}) (?:(\d{4}) )?(\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?(?: (UTC|GMT|JST))?\Z")

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


@lru_cache(maxsize=65_536)
def _read(text: bytes, zone: int | None, now: int) -> int | None:
    plain = text.decode("ascii", "replace")
    if plain[:4].isdigit() and plain[4:5] == "-":
        value = iso(plain, zone)
        return NO_ZONE if value is None and zone is None and iso(plain, 0) is not None else value
    found = _OLD.match(plain)
    if found is None or found[2] not in MONTHS:
        return None
    if found[9]:
        zone = 9 * 3600 if found[9] == "JST" else 0
    if zone is None:
        return NO_ZONE
    month, day = MONTHS[found[2]], int(found[3])
    stated = found[1] or found[4]
    year = int(stated) if stated else year_before(now, month, day)
    return at(year, month, day, int(found[5]), int(found[6]), int(found[7]), int((found[8] or "0").ljust(6, "0")), zone)
