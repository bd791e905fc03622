"""Hops that cannot be as they stand: times that run backwards, names that do not meet, addresses out of place."""

from __future__ import annotations

from datetime import datetime, timedelta

from sekimori.values.addresses import parse_address

from .flags import Flag
from .received import Hop
from .trust import Trust, inside, organisation

LONG_DELAY = timedelta(days=5)
#: clocks of strangers differ by less than this, or it is worth a word
TOLERANCE = timedelta(minutes=5)
_PER_HOP = frozenset({"impossible_date", "no_time", "weekday", "bad_zone", "rdns_may_be_forged", "impossible_address"})


def strange(hops: list[Hop], believed: int, trust: Trust, now: datetime | None) -> list[Flag]:
    """Return the flags of a chain (top first), of which the first `believed` hops were written by trusted servers."""
    out: list[Flag] = []
    for number, hop in enumerate(hops):
        host = hop.by or f"#{number + 1}"
        out += [Flag(code, (host,)) for code in hop.odd if code in _PER_HOP]
        if hop.stamp is not None and hop.stamp.zone == "none" and "bad_zone" not in hop.odd:
            out.append(Flag("no_zone", (host,)))
        if now is not None and hop.stamp is not None and hop.stamp.utc is not None and hop.stamp.utc > now + TOLERANCE:
            out.append(Flag("future_time", (host,)))
        out += _helo(hop, trust)
        if number >= believed and trust.host(hop.by):
            out.append(Flag("claims_trusted_host", (hop.by,)))
    for number in range(len(hops) - 1):
        out += _pair(hops[number], hops[number + 1], number + 1)
    return out + _doubles(hops)


def _helo(hop: Hop, trust: Trust) -> list[Flag]:
    if hop.address is None or inside(hop.address):
        return []
    out: list[Flag] = []
    helo = hop.helo or hop.name
    called = parse_address(helo)
    if called is not None and called != hop.address and not inside(called):
        out.append(Flag("helo_other_address", (str(hop.address), str(called))))
    if helo in ("localhost", "localhost.localdomain") or (called is not None and called.is_loopback):
        out.append(Flag("helo_localhost", (str(hop.address),)))
    if trust.host(helo) and not trust.address(hop.address) and not trust.host(hop.rdns):
        out.append(Flag("helo_claims_trusted", (str(hop.address), helo)))
    return out


def _pair(upper: Hop, lower: Hop, number: int) -> list[Flag]:
    out: list[Flag] = []
    above, below = upper.by or f"#{number}", lower.by or f"#{number + 1}"
    if upper.stamp is not None and lower.stamp is not None and upper.stamp.utc is not None and lower.stamp.utc is not None:
        gap = upper.stamp.utc - lower.stamp.utc
        if gap < -TOLERANCE:
            out.append(Flag("time_backwards", (below, above, str(int(-gap.total_seconds())))))
        elif gap > LONG_DELAY:
            out.append(Flag("long_delay", (below, above, str(int(gap.total_seconds())))))
    if "." not in upper.by or "." not in lower.by or lower.by_address is not None or upper.by_address is not None:
        return out
    other = organisation(upper.by) != organisation(lower.by)
    if upper.address is not None and inside(upper.address):
        if other and upper.address.is_loopback:
            out.append(Flag("loopback", (above, str(upper.address))))
        elif other:
            out.append(Flag("private_from_outside", (above, str(upper.address))))
        return out
    names = {organisation(n) for n in (upper.rdns, upper.name, upper.helo) if "." in n and parse_address(n) is None}
    if other and names and organisation(lower.by) not in names:
        out.append(Flag("by_mismatch", (upper.rdns or upper.name, below)))
    return out


def _doubles(hops: list[Hop]) -> list[Flag]:
    out: list[Flag] = []
    texts: set[str] = set()
    ids: dict[str, str] = {}
    for hop in hops:
        if hop.text and hop.text in texts:
            out.append(Flag("same_hop_twice", (hop.by or "?",)))
        elif len(hop.id) >= 6 and ids.get(hop.id, hop.by) != hop.by:
            out.append(Flag("same_id_twice", (hop.id,)))
        texts.add(hop.text)
        ids.setdefault(hop.id, hop.by)
    return out
