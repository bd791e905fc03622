"""What a report lacks, by category, as the reporter is asked for it (notices: missing.toml). Pure.

Messaging needs the full headers, never a port; connections need port, zone and three lines (RFC 6302). Looks at the
report alone: the same for every address, whoever holds it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sekimori.reports.contract import FindingData, Read

FRESH = timedelta(days=14)
LINES = 3


def missing(read: Read, findings: Sequence[FindingData], received: datetime) -> list[str]:
    """Return the codes of what is missing, most needed first; [] where nothing is."""
    if not findings:
        return ["address", "time"] if read.kind == "review" and read.free_text else []
    f = findings[0]
    out: list[str] = []
    if f.source_ip is None and not (f.message_id or f.queue_id or f.login):
        out.append("address")
    if f.time is None:
        out.append("time")
    elif f.zone == "none":
        out.append("zone")
    elif received.astimezone(UTC) - f.time > FRESH:
        out.append("fresh")
    if f.category == "messaging":
        if not f.has_original:
            out.append("headers")
    elif f.category == "connection":
        if f.source_port is None:
            out.append("port")
        if not f.has_original and f.count < LINES:
            out.append("lines")
    elif f.category == "content" and not f.url and read.free_text:
        out.append("url")
    return out
