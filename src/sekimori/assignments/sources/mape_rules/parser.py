"""MAP-E rules as the operator's table: `rule_ipv6,rule_ipv4,ea_length,psid_offset,valid_from,valid_to`.

Published rule tables are reverse-engineered and change: none is shipped, the operator loads its own.
"""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network

from sekimori.assignments.events import Context, Read, RuleRow
from sekimori.assignments.rules.mape import MapRule
from sekimori.assignments.stamps import stamp, zone_option
from sekimori.assignments.tables import rows
from sekimori.values.addresses import parse_prefix

OPTIONS = frozenset({"feed", "realm", "zone"})


def parse(block: bytes, context: Context) -> Read:
    """Read rules; a rule whose lengths do not fit together is refused (`bad_rule`)."""
    zone = zone_option(context.options)

    def take(row: dict[str, str]) -> RuleRow:
        return _row(row, zone, context.options.get("realm", ""))

    rules, refused, count = rows(block, context, take, frozenset({"rule_ipv6", "rule_ipv4", "ea_length", "psid_offset"}))
    return Read([], refused, rules, count)


def _row(row: dict[str, str], zone: int | None, realm: str) -> RuleRow:
    try:
        ipv6, ipv4 = parse_prefix(row["rule_ipv6"]), parse_prefix(row["rule_ipv4"])
    except ValueError as e:
        raise ValueError("bad_prefix") from e
    if not isinstance(ipv6, IPv6Network) or not isinstance(ipv4, IPv4Network):
        raise ValueError("bad_prefix")
    if not (row["ea_length"].isdecimal() and row["psid_offset"].isdecimal()):
        raise ValueError("bad_number")
    try:
        MapRule(ipv6, ipv4, int(row["ea_length"][:9]), int(row["psid_offset"][:9]))
    except ValueError as e:
        raise ValueError("bad_rule") from e
    times = []
    for name in ("valid_from", "valid_to"):
        value = stamp(row.get(name, ""), zone) if row.get(name) else None
        if row.get(name) and value is None:
            raise ValueError("bad_time")
        times.append(value)
    params = {"ipv6": str(ipv6), "ea_length": int(row["ea_length"]), "psid_offset": int(row["psid_offset"])}
    return RuleRow("mape", str(ipv4), params, times[0], times[1], row.get("realm") or realm)
