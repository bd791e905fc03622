"""Deterministic NAT (RFC 7422) as the operator's table; there are no records, so a change of configuration needs its dates.

`inside,outside,ports_per_user,first_port,last_port,algorithm,realm,inside_realm,valid_from,valid_to`; empty ports mean
1024–65535, an empty algorithm `sequential`. Ports left over are dynamic and logged: those come from the device's own log.
"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Network

from sekimori.assignments.events import Context, Read, RuleRow
from sekimori.assignments.rules.detnat import DetNat
from sekimori.assignments.tables import rows, span
from sekimori.values.addresses import parse_prefix

OPTIONS = frozenset({"feed", "realm", "zone", "inside-realm"})


def parse(block: bytes, context: Context) -> Read:
    """Read pools; one that cannot serve its members is refused (`bad_rule`)."""

    def take(row: dict[str, str]) -> RuleRow:
        return _row(row, context.options)

    rules, refused, count = rows(block, context, take, frozenset({"inside", "outside", "ports_per_user"}))
    return Read([], refused, rules, count)


def _row(row: Mapping[str, str], options: Mapping[str, str]) -> RuleRow:
    try:
        inside, outside = parse_prefix(row["inside"]), parse_prefix(row["outside"])
    except ValueError as e:
        raise ValueError("bad_prefix") from e
    if not isinstance(inside, IPv4Network) or not isinstance(outside, IPv4Network):
        raise ValueError("bad_prefix")
    numbers = [row["ports_per_user"], row.get("first_port") or "1024", row.get("last_port") or "65535"]
    if not all(n.isdecimal() and len(n) < 6 for n in numbers):
        raise ValueError("bad_number")
    per_user, first, last = (int(n) for n in numbers)
    algorithm = (row.get("algorithm") or "sequential").lower()
    try:
        DetNat(inside, outside, per_user, first, last, algorithm)
    except ValueError as e:
        raise ValueError("bad_rule") from e
    begin, end = span(row, options)
    params = {
        "inside": str(inside), "ports_per_user": per_user, "first_port": first, "last_port": last, "algorithm": algorithm,
        "inside_realm": (row.get("inside_realm") or options.get("inside-realm", ""))[:40],
    }
    return RuleRow("detnat", str(outside), params, begin, end, (row.get("realm") or options.get("realm", ""))[:40])
