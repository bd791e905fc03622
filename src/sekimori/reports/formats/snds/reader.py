"""Reader of SNDS: a day's figures for each address (`data.aspx`) and the blocked ranges (`ipStatus.aspx`). Neither has a header.

Columns as their users write them down: address, activity from, to, RCPT commands, DATA commands, message recipients, filter
result, complaint rate, trap messages from, to, trap hits, sample HELO, sample MAIL FROM, comments; and first address, last
address, blocked, reason. Times are month first on a twelve-hour clock. Microsoft states no zone (users take them for
Pacific time): the digits stay local and the error spans every zone from there to UTC.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from datetime import datetime
from ipaddress import IPv4Address

from sekimori.reports.common.addresses import address_of
from sekimori.reports.common.archives import Refused
from sekimori.reports.common.documents import Document, documents, has_files
from sekimori.reports.common.sniff import decoded
from sekimori.reports.contract import Context, Declined, FindingData, Item, Read

_TIME = r"\d{1,2}/\d{1,2}/\d{4} \d{1,2}:\d\d(?::\d\d)? [AP]M"
_IP = r"\"?\d{1,3}(?:\.\d{1,3}){3}\"?"
_DATA = re.compile(_IP + r",\"?" + _TIME + r"\"?,\"?" + _TIME + r"\"?,\d{0,12},\d{0,12},\d{0,12},\"?(?:GREEN|YELLOW|RED)\b", re.IGNORECASE | re.ASCII)
_STATUS = re.compile(_IP + "," + _IP + r",\"?(?:Yes|No)\"?,", re.IGNORECASE | re.ASCII)
_RATE = re.compile(r"(\d{1,3}(?:\.\d{1,3})?)")
ZONE_S = 8 * 3600.0
"""Between UTC and Pacific standard time."""
ANNOYING = 0.3
"""Per cent of complaints from which Microsoft calls a rate unusual; `< 0.1%` is the least that it states."""
RANGE = 256
"""Addresses of one blocked range that become findings; a wider one is listed as a broken row."""
ROWS = 200_000


class Snds:
    """Reader of both lists."""

    name = "snds"
    version = "1"

    def score(self, item: Item) -> int | None:
        """Mine where the first row has the list's columns."""
        return 86 if _document(item) is not None else None

    def read(self, item: Item, ctx: Context) -> Read | Declined:
        """Read the rows that accuse: trap hits, a yellow or red filter result, many complaints, a block."""
        document = _document(item)
        data = document.data() if document is not None else None
        if document is None or data is None:
            return Declined("no list of SNDS, or one that is too large")
        out = Read(reporter="snds")
        status = _STATUS.match(_first(document.head)) is not None
        out.findings = list(_rows(decoded(data), out, ctx, status=status))
        if not out.findings and not out.broken_total:
            out.kind, out.reason = "not_abuse", "no address of the list stands out"
        return out


def _document(item: Item) -> Document | None:
    if not has_files(item):
        return None
    try:
        return next((d for d in documents(item) if not d.shown and d.kind == "text" and (_DATA.match(_first(d.head)) or _STATUS.match(_first(d.head)))), None)
    except Refused:
        return None


def _first(head: bytes) -> str:
    return decoded(head[:2_000]).lstrip("\r\n ")


def _rows(text: str, out: Read, ctx: Context, *, status: bool) -> Iterator[FindingData]:
    quiet = n = 0
    for n, line in enumerate(text.splitlines(), 1):
        if n > ROWS:
            out.defects.append("over_limit:rows")
            break
        if not line.strip():
            continue
        try:
            # Line by line: an unclosed quote must not swallow the rows behind it.
            row = [c.strip() for c in next(csv.reader([line]))]
            found = list(_blocked(row, ctx)) if status else _figures(row)
        except (ValueError, IndexError, OverflowError, csv.Error, StopIteration) as e:
            out.fault(n, "columns" if isinstance(e, (IndexError, csv.Error)) else str(e), line)
            continue
        quiet += not found
        yield from found
    out.detail["rows"], out.detail["quiet"] = n, quiet


def _figures(row: list[str]) -> list[FindingData]:
    """Return what one row of figures accuses of, at most one finding. Raises ValueError, IndexError."""
    source = address_of(row[0])
    if source is None:
        raise ValueError(f"address: {row[0][:45]}")
    result, rate = row[6].upper(), _rate(row[7] if len(row) > 7 else "")
    traps = int(row[10]) if len(row) > 10 and row[10] else 0
    if not (traps or result in ("YELLOW", "RED") or rate >= ANNOYING):
        return []
    f = FindingData("messaging", "spam", source[0], special=source[1], proto="tcp", zone="none", reporter_class=f"{result} complaints {row[7]} traps {traps}"[:60])
    f.confidence = 0.9 if traps else 0.8 if result == "RED" else 0.6
    at = (8, 9) if traps and row[8] and row[9] else (1, 2)
    f.time, f.last_time, f.time_raw = _time(row[at[0]]), _time(row[at[1]]), f"{row[at[0]]} - {row[at[1]]}"
    if f.last_time < f.time:
        raise ValueError("time: the end is before the start")
    # Whoever held the address at any moment of the period, in any of the zones, may be meant.
    f.time_error_s = ZONE_S + (f.last_time - f.time).total_seconds() + 60.0
    f.count = max(1, traps)
    return [f]


def _blocked(row: list[str], ctx: Context) -> Iterator[FindingData]:
    """Yield the addresses of one blocked range; it is blocked now, when the list was fetched. Raises ValueError, IndexError."""
    if row[2].lower() != "yes":
        if row[2].lower() != "no":
            raise ValueError(f"blocked: {row[2][:20]}")
        return
    low, high = int(IPv4Address(row[0])), int(IPv4Address(row[1]))
    if not 0 <= high - low < RANGE:
        raise ValueError(f"range: {high - low + 1} addresses")
    for n in range(low, high + 1):
        ip, special = address_of(str(IPv4Address(n))) or (str(IPv4Address(n)), "")
        f = FindingData("reputation", "blocklist", ip, special=special, confidence=0.9, reporter_class=row[3][:60] if len(row) > 3 else "")
        if ctx.received is not None:
            f.time, f.zone, f.time_error_s, f.derived = ctx.received, "feed", 3600.0, ["time"]
        yield f


def _rate(text: str) -> float:
    """Return the least complaint rate that `< 0.1%`, `0.1% - 0.3%` or `> 0.3%` can mean, in per cent."""
    m = _RATE.search(text)
    return 0.0 if m is None or "<" in text else float(m[1])


def _time(text: str) -> datetime:
    form = "%m/%d/%Y %I:%M:%S %p" if text.count(":") == 2 else "%m/%d/%Y %I:%M %p"
    return datetime.strptime(text, form)  # noqa: DTZ007  no zone is stated, none is added
