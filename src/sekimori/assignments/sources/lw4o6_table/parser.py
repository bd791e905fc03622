"""lw4o6 binding table (RFC 7596): `ipv6,ipv4,psid,psid_length,psid_offset,valid_from,valid_to`; no logs, only versions.

Each binding becomes rows of its port ranges, held by the member's IPv6 prefix: the second hop is the delegation.
"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network

from sekimori.assignments.events import HELD, Context, Event, Key, Read
from sekimori.assignments.keys import block_keys
from sekimori.assignments.rules.mape import MapRule
from sekimori.assignments.tables import rows, span
from sekimori.values.addresses import parse_prefix

OPTIONS = frozenset({"feed", "realm", "zone"})
_ANY = IPv6Network("::/0")


def parse(block: bytes, context: Context) -> Read:
    """Read bindings; an IPv6 address means its /128, an empty PSID length the whole address."""

    def take(row: dict[str, str]) -> Event:
        return _row(row, context.options)

    events, refused, count = rows(block, context, take, frozenset({"ipv6", "ipv4"}))
    return Read(events, refused, [], count)


def _row(row: Mapping[str, str], options: Mapping[str, str]) -> Event:
    try:
        ipv6, ipv4 = parse_prefix(row["ipv6"]), parse_prefix(row["ipv4"])
    except ValueError as e:
        raise ValueError("bad_prefix") from e
    if not isinstance(ipv6, IPv6Network) or not isinstance(ipv4, IPv4Network) or ipv4.prefixlen != 32:
        raise ValueError("bad_prefix")
    psid_text = row.get("psid") or "0"
    if psid_text.lower().startswith("0x") and len(psid_text) < 7 and all(c in "0123456789abcdef" for c in psid_text[2:].lower() or "-"):
        psid_text = str(int(psid_text, 16))
    numbers = [psid_text, row.get("psid_length") or "0", row.get("psid_offset") or "0"]
    if not all(n.isdecimal() and len(n) < 6 for n in numbers):
        raise ValueError("bad_number")
    psid, length, offset = (int(n) for n in numbers)
    try:
        rule = MapRule(_ANY, ipv4, length, offset)
    except ValueError as e:
        raise ValueError("bad_rule") from e
    if psid >= rule.sharing:
        raise ValueError("bad_rule")
    begin, end = span(row, options)
    keys = tuple(Key(key, size) for lo, hi in rule.ports(psid) for key, size in block_keys(ipv4.network_address, lo, hi))
    return Event(
        HELD, begin or 0, f"prefix:{ipv6}", keys, realm=(row.get("realm") or options.get("realm", ""))[:40], began=begin or 0, until=end, error=0
    )
