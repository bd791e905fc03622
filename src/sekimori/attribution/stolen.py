"""Whether the logins that a batch of answers rests on are used by somebody else."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from ipaddress import IPv6Address

from sekimori.network.store import current
from sekimori.policy import ladder
from sekimori.submissions.stolen import Limits, suspicion
from sekimori.submissions.uses import uses
from sekimori.values.addresses import normalise
from sekimori.values.clock import from_micros

AFTER = timedelta(hours=25)


def limits() -> Limits:
    """Return the thresholds of the ladder in force."""
    rules = ladder()
    return Limits(rules.stolen_new_country_days, rules.stolen_recipients_per_hour, rules.stolen_countries, rules.stolen_countries_hours)


def suspicions(asked: Iterable[tuple[str, int]]) -> dict[tuple[str, int], str]:
    """Return for each (login, instant in microseconds) why the password counts as stolen there, or "".

    Reads the submission log: protected data, paid for by the caller's ledger entry.
    """
    wanted = set(asked)
    if not wanted:
        return {}
    rules, table = limits(), current()
    times = [at for _, at in wanted]
    lo = from_micros(min(times)) - timedelta(days=rules.new_country_days + 1)
    known: dict[bytes, bool] = {}

    def ours(octets: bytes) -> bool:
        if octets not in known:
            known[octets] = table.match(normalise(IPv6Address(octets)), times[0], times[0]).ours
        return known[octets]

    found = uses({login for login, _ in wanted}, lo, from_micros(max(times)) + AFTER, ours)
    return {(login, at): suspicion(found.get(login, []), at, rules) for login, at in wanted}
