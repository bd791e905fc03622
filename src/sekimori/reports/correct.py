"""What an officer read where the machine was not sure: a finding of its own, marked as a person's reading."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max

from sekimori.ledger.service import write
from sekimori.reports import teaching
from sekimori.reports.models import Finding, Report, Review
from sekimori.values.actors import Actor
from sekimori.values.addresses import packed, parse_address, special
from sekimori.values.clock import iso, micros
from sekimori.values.outcomes import Refused

OUTCOMES = ("not_abuse", "nothing_to_do", "handled", "read")
FUTURE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Reading:
    """What an officer typed: `at` aware; `error_s` seconds; port None where none is stated."""

    category: str
    type: str
    address: str
    at: datetime
    port: int | None = None
    error_s: float = 60


def correct(report: Report, reading: Reading, officer: str, now: datetime) -> Finding:
    """Add an officer's finding to a report; it goes its usual way (attribution, case). Raises Refused: `address`, `port`, `time`."""
    address = parse_address(reading.address)
    if address is None:
        raise Refused("address", "no address that can be used")
    if reading.port is not None and not 0 < reading.port < 65536:
        raise Refused("port")
    if reading.at > now + FUTURE:
        raise Refused("time", "in the future")
    by = Actor("officer", officer)
    key = hashlib.sha256(f"{reading.category}/{reading.type} {address} {reading.port} {iso(reading.at)}".encode()).hexdigest()
    with transaction.atomic():
        index = (Finding.objects.filter(report=report).aggregate(m=Max("index"))["m"] or 0) + 1
        row = Finding.objects.create(
            report=report, index=index, category=reading.category, type=reading.type, family=address.version, address=packed(address),
            source_ip=str(address), source_port=reading.port, time=reading.at, time_raw=iso(reading.at), zone="stated",
            time_error_s=reading.error_s, confidence=1.0, special=special(address), spans=[{"by": officer}], has_original=True,
            event_key=key, due_at=micros(now), lane=0)
        taught = teaching.teach(report, str(address), reading.at, officer, now)
        write(by, "finding.corrected", f"report:{report.pk}", {"finding": row.pk, "rules": taught}, now)
    return row


def close(review: Review, outcome: str, officer: str, now: datetime, *, whole_group: bool = False) -> int:
    """Close a review item, or all items of its group; returns how many. Raises Refused: `outcome`."""
    if outcome not in OUTCOMES:
        raise Refused("outcome")
    rows = Review.objects.filter(closed_at=None, group=review.group) if whole_group else Review.objects.filter(closed_at=None, pk=review.pk)
    with transaction.atomic():
        count = rows.update(closed_at=now, closed_by=officer, outcome=outcome)
        if count:
            write(Actor("officer", officer), "review.closed", f"review:{review.group[:16]}", {"outcome": outcome, "items": count}, now)
    return count
