"""When a message came to its receiver, by its own headers: gives years to dates without one, never zones."""

from __future__ import annotations

from datetime import UTC, datetime

from sekimori.mime import Mail
from sekimori.reports.common import times


def received_by_headers(mail: Mail | None) -> datetime | None:
    """Return the instant of the topmost Received line, else of Date, or None."""
    if mail is None:
        return None
    for name in ("received", "date"):
        for value in mail.headers.all(name)[:1]:
            text = value.rpartition(";")[2] if name == "received" else value
            when = times.parse(text, epoch=False) or next(iter(times.find(text[:200], 1)), None)
            if when is not None and not when.yearless:
                return when.value if when.zoned else when.value.replace(tzinfo=UTC)
    return None
