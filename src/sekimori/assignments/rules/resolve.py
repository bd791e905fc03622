"""What the rules say about an address, a port and a window: pure, over rules that `store` has loaded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Network
from typing import Any, NamedTuple

from sekimori.assignments.rules.detnat import DetNat
from sekimori.assignments.rules.mape import MapRule
from sekimori.assignments.types import OPEN
from sekimori.values.addresses import Address


class Resolved(NamedTuple):
    """What one rule says."""

    state: str
    """`one` (holder is named), `several` (no port given), `unusable` (the port belongs to nobody by this rule), `upstream`."""
    kind: str
    """`mape detnat dslite nat64`."""
    rule: int
    holder: str = ""
    """Second hop: `prefix:<IPv6 prefix>` or `inside:<realm>:<address>`."""
    candidates: int = 0
    """How many members it can be."""
    valid_from: int = 0
    valid_to: int = OPEN
    query: str = ""
    """`upstream`: the exact question to send."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A stored rule, ready to compute with."""

    id: int
    kind: str
    realm: str
    network: IPv4Network
    how: MapRule | DetNat | Mapping[str, Any]
    valid_from: int = 0
    valid_to: int = OPEN
    inside_realm: str = ""


def build(kind: str, prefix: str, params: Mapping[str, Any]) -> tuple[IPv4Network, MapRule | DetNat | Mapping[str, Any]]:
    """Return the rule of stored parameters. Raises ValueError or KeyError where they make none."""
    network = IPv4Network(prefix)
    if kind == "mape":
        return network, MapRule(IPv6Network(params["ipv6"]), network, int(params["ea_length"]), int(params["psid_offset"]))
    if kind == "detnat":
        return network, DetNat(
            IPv4Network(params["inside"]), network, int(params["ports_per_user"]), int(params["first_port"]), int(params["last_port"]),
            str(params["algorithm"]),
        )
    if kind in {"dslite", "nat64"}:
        return network, dict(params)
    raise ValueError(f"unknown kind of rule {kind!r}")


class Rules:
    """All rules in force, found by prefix length."""

    def __init__(self, rules: Iterable[Rule] = ()) -> None:
        self._by_length: dict[int, dict[int, list[Rule]]] = {}
        for rule in rules:
            length = rule.network.prefixlen
            place = int(rule.network.network_address) >> (32 - length) if length else 0
            self._by_length.setdefault(length, {}).setdefault(place, []).append(rule)
        self._lengths = sorted(self._by_length, reverse=True)

    def matching(self, address: Address, lo: int, hi: int) -> list[Rule]:
        """Return the rules for an address that are valid somewhere in [lo, hi] (microseconds), the longest prefix only."""
        if not self._lengths or not isinstance(address, IPv4Address):
            return []
        value = int(address)
        for length in self._lengths:
            found = [r for r in self._by_length[length].get(value >> (32 - length), ()) if r.valid_from <= hi and lo <= r.valid_to]
            if found:
                return found
        return []

    def resolve(self, address: Address, port: int | None, lo: int, hi: int) -> list[Resolved]:
        """Return what each rule valid in [lo, hi] says; several rules mean that the rule changed within the window."""
        return [_resolve(rule, address, port) for rule in self.matching(address, lo, hi)]


def _resolve(rule: Rule, address: Address, port: int | None) -> Resolved:
    assert isinstance(address, IPv4Address)
    how = rule.how
    base = Resolved("several", rule.kind, rule.id, valid_from=rule.valid_from, valid_to=rule.valid_to)
    if isinstance(how, MapRule):
        if port is None and how.psid_length:
            return base._replace(candidates=how.sharing)
        psid = how.psid(port or 0)
        if psid is None:
            return base._replace(state="unusable", candidates=how.sharing)
        return base._replace(state="one", holder=f"prefix:{how.prefix(address, psid)}", candidates=1)
    if isinstance(how, DetNat):
        if port is None:
            return base._replace(candidates=how.sharing(address))
        member = how.member(address, port)
        if member is None:
            return base._replace(state="unusable", candidates=how.sharing(address))
        return base._replace(state="one", holder=f"inside:{rule.inside_realm}:{member}", candidates=1)
    return base._replace(state="upstream", query=_question(how, address, port))


def _question(params: Mapping[str, Any], address: IPv4Address, port: int | None) -> str:
    operator = str(params.get("operator", ""))
    return f"{operator + ': ' if operator else ''}softwire IPv6 source of {address} port {'?' if port is None else port}"


def overlapping(rules: Sequence[Rule]) -> list[tuple[int, int]]:
    """Return pairs of rule ids of the same prefix whose validity overlaps: the load refuses them."""
    out = []
    for n, a in enumerate(rules):
        out += [(a.id, b.id) for b in rules[n + 1 :] if a.network == b.network and a.valid_from < b.valid_to and b.valid_from < a.valid_to]
    return out
