"""Abuse contacts of foreign addresses: from the cache, else from the registries, within a budget of time."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sekimori.network.models import Registered
from sekimori.network.rdap.bootstrap import Bootstrap
from sekimori.network.rdap.lookup import look_up
from sekimori.values.addresses import Address, packed, parse_address, special
from sekimori.values.outcomes import Outage

BUDGET_S = 6.0
"""For all look-ups of one batch together."""
FAILURES = 2
"""So many registries away in one batch: the rest is not asked."""
KEPT, NOTHING_KEPT, AWAY_KEPT = timedelta(days=14), timedelta(days=2), timedelta(hours=1)


@dataclass(slots=True)
class Contacts:
    """Abuse contacts by address ("" = none known), the rows to keep, and addresses for which no time was left."""

    known: dict[str, str] = field(default_factory=dict)
    new: list[Registered] = field(default_factory=list)
    unasked: set[str] = field(default_factory=set)

    def keep(self) -> None:
        """Store what was learnt; rows that have run out are removed. Inside the caller's transaction."""
        if self.new:
            Registered.objects.filter(expires_at__lt=min(r.asked_at for r in self.new)).delete()
            Registered.objects.bulk_create([_copy(r) for r in self.new])


def contacts(ips: Iterable[str], now: datetime, bootstrap: Bootstrap | None, timeout_s: float) -> Contacts:
    """Return the contacts of addresses; asks registries outside any transaction, unless `bootstrap` is None.

    Special addresses (private, documentation …) are nobody's and never asked about.
    """
    out = Contacts()
    until, failures = time.monotonic() + BUDGET_S, 0
    for ip in dict.fromkeys(ips):
        address = parse_address(ip)
        out.known[ip] = ""
        if address is None or special(address):
            continue
        row = _cached(address, now) or _fresh(address, out.new)
        if row is not None:
            out.known[ip] = row.contact
            continue
        if bootstrap is None:
            continue
        left = until - time.monotonic()
        if left <= 0 or failures >= FAILURES:
            out.unasked.add(ip)
            continue
        try:
            holder = look_up(address, bootstrap, min(left, timeout_s))
        except Outage:
            failures += 1
            out.new.append(_row(address, address, "", now, AWAY_KEPT))
            continue
        if holder is None:
            out.new.append(_row(address, address, "", now, NOTHING_KEPT))
            continue
        out.known[ip] = holder.contact
        out.new.append(_row(holder.first, holder.last, holder.contact, now, KEPT if holder.contact else NOTHING_KEPT))
    return out


def _cached(address: Address, now: datetime) -> Registered | None:
    """Return the narrowest range in the cache that holds the address."""
    key = packed(address)
    return Registered.objects.filter(family=address.version, first__lte=key, last__gte=key, expires_at__gt=now).order_by("-first", "last", "-id").first()


def _fresh(address: Address, rows: list[Registered]) -> Registered | None:
    key = packed(address)
    return next((r for r in rows if r.family == address.version and bytes(r.first) <= key <= bytes(r.last)), None)


def _row(first: Address, last: Address, contact: str, now: datetime, kept: timedelta) -> Registered:
    return Registered(family=first.version, first=packed(first), last=packed(last), contact=contact, asked_at=now, expires_at=now + kept)


def _copy(row: Registered) -> Registered:
    row.pk = None  # a rollback leaves an id behind
    return row
