"""MAP-E rules as the operator's table: `rule_ipv6,rule_ipv4,ea_length,psid_offset,valid_from,valid_to`.

Published rule tables are reverse-engineered and change: none is shipped, the operator loads its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network

from sekimori.assignments.events import Context, Read, RuleRow
from sekimori.assignments.rules.mape import MapRule
from sekimori.assignments.tables import rows, span
from sekimori.values.addresses import parse_prefix

OPTIONS = frozenset({"feed", "realm", "zone"})


def parse(block: bytes, context: Context) -> Read:
    """Read rules; a rule whose lengths do not fit together is refused (`bad_rule`)."""

    def take(row: dict[str, str]) -> RuleRow:
        return _row(row, context.options)

    rules, refused, count = rows(block, context, take, frozenset({"rule_ipv6", "rule_ipv4", "ea_length", "psid_offset"}))
    return Read([], refused, rules, count)


def _row(row: Mapping[str, str], options: Mapping[str, str]) -> RuleRow:
    try:
        ipv6, ipv4 = parse_prefix(row["rule_ipv6"]), parse_prefix(row["rule_ipv4"])
    except ValueError as e:
        raise ValueError("bad_prefix") from e
    if not isinstance(ipv6, IPv6Network) or not isinstance(ipv4, IPv4Network):
        raise ValueError("bad_prefix")
    if not all(row[name].isdecimal() and len(row[name]) < 4 for name in ("ea_length", "psid_offset")):
        raise ValueError("bad_number")
    try:
        MapRule(ipv6, ipv4, int(row["ea_length"]), int(row["psid_offset"]))
    except ValueError as e:
        raise ValueError("bad_rule") from e
    begin, end = span(row, options)
    params = {"ipv6": str(ipv6), "ea_length": int(row["ea_length"]), "psid_offset": int(row["psid_offset"])}
    return RuleRow("mape", str(ipv4), params, begin, end, (row.get("realm") or options.get("realm", ""))[:40])
