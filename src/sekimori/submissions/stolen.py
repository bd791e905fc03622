"""Is somebody else using this login? Rules over where and how a password was used. Pure.

Rulings (play.md): a success from a country not seen for that login in 30 days with ≥ 20 recipients in the hour, or three
countries in 24 h. Besides, where no country is known: ten networks outside our own in 24 h, which no single person's
telephone, home and office reach.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

HOUR_US = 3_600_000_000
DAY_US = 24 * HOUR_US


class Use(NamedTuple):
    """One use of a password: a mail handed in or a sign-in."""

    time: int
    """Microseconds since 1970-01-01 UTC."""
    country: str
    """ISO 3166 code, or "" where nobody knows."""
    network: str
    """The /16 (IPv4) or /32 (IPv6) of the address."""
    ours: bool
    """The address lay in our own prefixes."""
    recipients: int


@dataclass(frozen=True, slots=True)
class Limits:
    """Thresholds; the shipped ones are those of the ladder file."""

    new_country_days: int = 30
    recipients_per_hour: int = 20
    countries: int = 3
    countries_hours: int = 24
    networks: int = 10
    home: str = "JP"
    """Never a new country: where the provider's members live."""


SHIPPED = Limits()


def suspicion(uses: Iterable[Use], at: int, limits: Limits = SHIPPED) -> str:
    """Return why the login counts as stolen around the instant `at`, or "".

    `uses` are those of one login, at least from 31 days before `at` to an hour after. Codes: `three_countries`,
    `new_country_burst`, `many_networks`.
    """
    known = sorted(uses)
    near = [u for u in known if abs(u.time - at) <= limits.countries_hours * HOUR_US]
    if _most(near, limits.countries_hours * HOUR_US, "country") >= limits.countries:
        return "three_countries"
    for country in {u.country for u in near} - {"", limits.home}:
        if _burst_in_new_country([u for u in known if u.country == country], near[0].time, near[-1].time, limits):
            return "new_country_burst"
    if _most([u for u in near if not u.ours], DAY_US, "network") >= limits.networks:
        return "many_networks"
    return ""


def _most(uses: Sequence[Use], span: int, what: str) -> int:
    """Return the largest number of different countries or networks within any `span`."""
    best, first = 0, 0
    seen: dict[str, int] = {}
    for use in uses:
        value = use.country if what == "country" else use.network
        if value:
            seen[value] = seen.get(value, 0) + 1
        while use.time - uses[first].time > span:
            gone = uses[first].country if what == "country" else uses[first].network
            if gone:
                seen[gone] -= 1
                if not seen[gone]:
                    del seen[gone]
            first += 1
        best = max(best, len(seen))
    return best


def _burst_in_new_country(uses: Sequence[Use], lo: int, hi: int, limits: Limits) -> bool:
    """Tell whether an hour beginning in [lo, hi] has enough recipients, in a country without a habit. `uses`: of one country."""
    times = [u.time for u in uses]
    total, last = 0, 0
    for use in uses:
        while last < len(uses) and times[last] <= use.time + HOUR_US:
            total += uses[last].recipients
            last += 1
        if lo <= use.time <= hi and total >= limits.recipients_per_hour:
            # The hour's own burst is not a habit.
            habit = bisect_left(times, use.time - limits.new_country_days * DAY_US) < bisect_left(times, use.time - HOUR_US)
            if not habit:
                return True
        total -= use.recipients
    return False
