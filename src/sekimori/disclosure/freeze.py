"""Copy the rows of a window: preservation never freezes the whole log (R-LOG-2)."""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Iterator
from datetime import datetime
from ipaddress import IPv4Network
from typing import Any

from sekimori.assignments.keys import key_v4, key_v6
from sekimori.assignments.models import Interval
from sekimori.assignments.types import KEY_OFFSET
from sekimori.disclosure.models import Frozen, Request
from sekimori.ledger.chain import canonical
from sekimori.submissions.models import Submission
from sekimori.values.addresses import packed, parse_prefix
from sekimori.values.clock import from_micros, iso, micros

MOST_ROWS = 100_000


def copy_rows(request: Request) -> int:
    """Copy every row that touches the request's window into `Frozen`, inside the caller's transaction; returns how many are kept.

    Repeatable: a row is copied once. Raises ValueError where the window is unusable.
    """
    lo, hi, prefix, login = parse_window(request.window or {})
    rows = [("assignment", row) for row in _assignments(lo, hi, prefix, login)]
    rows += [("submission", row) for row in _submissions(lo, hi, prefix, login)]
    made = []
    for source, row in rows[:MOST_ROWS]:
        text = canonical(row)
        made.append(Frozen(request=request, source=source, row=text, sha256=hashlib.sha256(text.encode()).hexdigest()))
    Frozen.objects.bulk_create(made, ignore_conflicts=True, batch_size=500)
    return Frozen.objects.filter(request=request).count()


def parse_window(window: dict[str, Any]) -> tuple[datetime, datetime, str, str]:
    """Return (from, to, prefix or "", login or ""). Raises ValueError with a plain sentence."""
    lo, hi = (datetime.fromisoformat(str(window.get(k, ""))) for k in ("from", "to"))
    if lo.tzinfo is None or hi.tzinfo is None:
        raise ValueError("the window needs times with an offset")
    if hi <= lo or (hi - lo).days > 366:
        raise ValueError("the window must end after it begins, within a year")
    prefix, login = str(window.get("prefix") or ""), str(window.get("login") or "")
    if bool(prefix) == bool(login):
        raise ValueError("the window names either a prefix or a login")
    if prefix:
        network = parse_prefix(prefix)
        if network.prefixlen < (24 if network.version == 4 else 48):
            raise ValueError("the prefix is too wide for a preservation (at least /24 or /48)")
    return lo, hi, prefix, login


def _assignments(lo: datetime, hi: datetime, prefix: str, login: str) -> Iterator[dict[str, Any]]:
    rows = Interval.objects.filter(start__lte=micros(hi), ending__gte=micros(lo))
    if prefix:
        first, last = _keys(prefix)
        rows = rows.filter(key__gte=first - KEY_OFFSET, key__lte=last - KEY_OFFSET)
    else:
        rows = rows.filter(holder=f"login:{login}")
    for r in rows.order_by("id")[:MOST_ROWS].iterator():
        yield {"id": r.id, "realm": r.realm, "address": place(r.key + KEY_OFFSET, r.size), "key": r.key, "start": iso(from_micros(r.start)),
               "end": None if r.ending >= 2**62 else iso(from_micros(r.ending)), "holder": r.holder}


def place(key: int, size: int) -> str:
    """Return the address and ports, or the prefix, that a lookup key of this size stands for (`assignments.keys`); "" where it keeps only a hash."""
    if key < 1 << 48:
        address, first = ipaddress.IPv4Address(key >> 16), key & 0xFFFF
        return f"{address}:{first}-{first + size - 1}" if size else str(address)
    return str(ipaddress.IPv6Network((key << 64, size))) if size <= 64 else ""


def _keys(prefix: str) -> tuple[int, int]:
    """First and last lookup key of a prefix: /32 to /24 of IPv4 with all ports; /48 to /64 of IPv6."""
    network = parse_prefix(prefix)
    if isinstance(network, IPv4Network):
        return key_v4(network[0]), key_v4(network[-1], 65535)
    length = min(network.prefixlen, 64)
    first = key_v6(network[0], length)
    return first, first | (1 << (64 - length)) - 1


def _submissions(lo: datetime, hi: datetime, prefix: str, login: str) -> Iterator[dict[str, Any]]:
    rows = Submission.objects.filter(time__gte=lo, time__lte=hi)
    if prefix:
        network = ipaddress.ip_network(prefix)
        rows = rows.filter(client__gte=packed(network[0]), client__lte=packed(network[-1]))
    else:
        rows = rows.filter(login=login)
    for s in rows.order_by("id")[:MOST_ROWS].iterator():
        yield {"host": s.host, "queue_id": s.queue_id, "message_id": s.message_id, "login": s.login, "time": iso(s.time), "recipients": s.recipients}
