"""Findings as questions: keys, windows of time, the reporter's usual zone."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, timedelta
from ipaddress import IPv6Address

from sekimori.attribution.questions import windows
from sekimori.attribution.types import Question, Window
from sekimori.reports.models import Finding
from sekimori.values.addresses import Address, normalise

SPAN_MIN = timedelta(seconds=1)
USUAL_MIN, USUAL_LOOKED_AT = 3, 50
"""A reporter's zone is usual when so many of its last so many zoned times agree, and none differs."""
_OFFSET = re.compile(r"(?:\s|\d)([+-])(\d\d):?([0-5]\d)\b")
_PROTOCOLS = {"tcp": 6, "udp": 17}


def address_of(finding: Finding) -> Address | None:
    """Return the finding's address."""
    return None if finding.address is None else normalise(IPv6Address(bytes(finding.address)))


def windows_of(finding: Finding, usual_offset_s: int | None) -> tuple[tuple[Window, ...], tuple[Window, ...]]:
    """Return the readings of the first and of the last event (the same where the finding is one event)."""
    known = finding.zone != "none"
    if finding.time is None:
        return (), ()
    first = windows(finding.time.astimezone(UTC), known, finding.time_error_s, usual_offset_s)
    if finding.last_time is None or finding.last_time - finding.time < SPAN_MIN:
        return first, first
    return first, windows(finding.last_time.astimezone(UTC), known, finding.time_error_s, usual_offset_s)


def questions_of(finding: Finding, usual_offset_s: int | None, *, trust_login: bool) -> list[Question]:
    """Return one question for a finding, or two for an act that lasted (first and last event).

    A login that a stranger states proves nothing; only our own sensor's is asked for by itself (`trust_login`).
    """
    address = address_of(finding)
    first, last = windows_of(finding, usual_offset_s)
    group = f"{finding.report_id}|{finding.source_ip}|{finding.source_port}|{finding.category}/{finding.type}" if address else ""

    def make(asked: tuple[Window, ...]) -> Question:
        return Question(asked, address, finding.source_port, _PROTOCOLS.get(finding.proto.lower(), 0), finding.login if trust_login else "",
                        finding.queue_id, finding.queue_host, finding.message_id, group)

    return [make(first)] if first == last else [make(first), make(last)]


def group_of(finding: Finding) -> str:
    """Return the review group of a finding: same address (or login, or queue id) and category is one item for the officer."""
    key = f"{finding.source_ip or finding.login or finding.queue_id}|{finding.category}/{finding.type}"
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def usual_offsets(reporters: Iterable[int]) -> dict[int, int]:
    """Return the usual zone (offset in seconds) of reporters that have stated the same one in all their last times."""
    out = {}
    for reporter in set(reporters):
        texts = Finding.objects.filter(report__reporter_id=reporter, zone="stated").order_by("-id").values_list("time_raw", flat=True)
        seen = Counter(o for t in texts[:USUAL_LOOKED_AT] if (o := offset_in(t)) is not None)
        if len(seen) == 1 and sum(seen.values()) >= USUAL_MIN:
            out[reporter] = next(iter(seen))
    return out


def offset_in(text: str) -> int | None:
    """Return the UTC offset (seconds) that a time's text ends with, or None. Pure."""
    found = _OFFSET.findall(text[-40:])
    if not found:
        return None
    sign, hours, minutes = found[-1]
    seconds = int(hours) * 3600 + int(minutes) * 60
    return None if seconds > 14 * 3600 else (-seconds if sign == "-" else seconds)
