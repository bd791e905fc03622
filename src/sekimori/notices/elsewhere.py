"""Whether a report is about somebody else's network: by our public prefixes at that time, never by contracts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import timedelta

from sekimori.network import store
from sekimori.network.models import Network
from sekimori.reports.models import Finding
from sekimori.values.addresses import parse_address, special
from sekimori.values.clock import micros

SURE = timedelta(hours=1)
"""On both sides of a stated time: prefixes change hands by the day."""
ANY_ZONE = timedelta(hours=14)
"""Where no zone is stated, the time may be off by as much (UTC−12 … UTC+14)."""
NOBODYS = frozenset({"private", "shared", "loopback", "link_local", "multicast", "unspecified"})
"""Addresses that are nobody's to answer for: a person looks what was meant."""


def outside(report_ids: Collection[int]) -> dict[int, list[str]]:
    """Return the reports all of whose addresses lay outside our prefixes, with those addresses in order.

    Delegated ranges are ours. A report without any address, or with a login or queue id of ours instead, is not among
    them. Reads findings and prefixes, nothing else.
    """
    if not report_ids or not Network.objects.exists():
        return {}  # before the first `network load` nothing can be said to be foreign
    table = store.current()
    seen: dict[int, list[str]] = defaultdict(list)
    inside: set[int] = set()
    rows = Finding.objects.filter(report_id__in=report_ids).order_by("id").values_list(
        "report_id", "source_ip", "time", "zone", "login", "queue_id", "report__received_at")
    for report, ip, time, zone, login, queue_id, received in rows:
        address = parse_address(ip) if ip else None
        if address is None or login or queue_id or special(address) in NOBODYS:
            inside.add(report)
            continue
        at = time or received
        margin = ANY_ZONE if time is None or zone == "none" else SURE
        if table.match(address, micros(at - margin), micros(at + margin)).ours:
            inside.add(report)
        elif ip not in seen[report]:
            seen[report].append(ip)
    return {report: found for report, found in seen.items() if report not in inside}
