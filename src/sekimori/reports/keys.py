"""Keys under which reports and findings are the same: event, review group. Pure."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sekimori.reports.contract import FindingData


def event_key(f: FindingData) -> str:
    """Return the hash under which several reporters' tellings of one act are the same.

    Mail is told by its Message-ID (or queue id) alone; everything else by category, address, port and minute: two tellings of
    one act differ by the minute's rounding, not by more.
    """
    if f.category == "messaging" and (f.message_id or f.queue_id):
        return _hash(f"mail|{f.message_id or f.queue_id}")
    return _hash(f"{f.category}/{f.type}|{f.source_ip or f.login or f.url}|{f.source_port or ''}|{_bucket(f.time)}")


def _bucket(when: datetime | None) -> str:
    if when is None:
        return ""
    return f"{when:%Y%m%d%H%M}" + ("" if when.tzinfo is None else "Z")


def address_group(f: FindingData) -> str:
    """Return the review group of a finding: same address (or login, or queue id) and category is one item for the officer."""
    return _hash(f"{f.source_ip or f.login or f.queue_id or ''}|{f.category}/{f.type}")


def sender_group(sender: str) -> str:
    """Return the review group of a sender."""
    return _hash(f"sender|{sender.strip().lower()}")


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
