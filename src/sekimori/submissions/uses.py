"""Where a password was used: submissions and sign-ins of logins, in the words of the `stolen` rules. Protected data."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from sekimori.submissions.models import SignIn, Submission
from sekimori.submissions.stolen import Use
from sekimori.values.clock import micros

USES_MAX = 20_000
"""Uses of one login that are looked at; whoever has more in a month is no person anyway."""
CHUNK = 500


def uses(logins: Collection[str], lo: datetime, hi: datetime, ours: Callable[[bytes], bool]) -> dict[str, list[Use]]:
    """Return the uses of each login in [lo, hi], oldest first; `ours` tells whether 16 octets are an address of our prefixes."""
    out: dict[str, list[Use]] = defaultdict(list)
    ordered = sorted(logins)
    for i in range(0, len(ordered), CHUNK):
        chunk = ordered[i:i + CHUNK]
        sources: tuple[Any, ...] = (
            Submission.objects.filter(login__in=chunk, time__range=(lo, hi)).values_list(
                "login", "time", "country", "client_family", "client", "recipients"),
            SignIn.objects.filter(login__in=chunk, time__range=(lo, hi)).values_list(
                "login", "time", "country", "client_family", "client"),
        )
        for rows in sources:
            for login, time, country, family, client, *count in rows.iterator(chunk_size=5000):
                if len(out[login]) < USES_MAX:
                    address = None if client is None else bytes(client)
                    out[login].append(Use(micros(time), country, network(family, address), address is None or ours(address),
                                          count[0] if count else 0))
    for found in out.values():
        found.sort()
    return dict(out)


def network(family: int | None, address: bytes | None) -> str:
    """Return the /16 of an IPv4 or the /32 of an IPv6 address (16 octets), "" for none."""
    if address is None:
        return ""
    return address[12:14].hex() if family == 4 else address[:4].hex()
