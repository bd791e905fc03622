"""Static assignments as the provider's own table: `prefix,ports,valid_from,valid_to,contract,realm`."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Address, IPv4Network

from sekimori.assignments.events import HELD, Context, Event, Key, Read
from sekimori.assignments.keys import block_keys, key_v4, key_v6
from sekimori.assignments.tables import rows, span
from sekimori.values.addresses import parse_ports, parse_prefix

WIDEST_V4 = 12
"""A /12 is a million addresses; wider is a mistake."""
OPTIONS = frozenset({"feed", "realm", "zone"})


def parse(block: bytes, context: Context) -> Read:
    """Read rows. An empty `valid_from` means always, an empty `valid_to` still."""

    def take(row: dict[str, str]) -> Event:
        return _row(row, context.options)

    events, refused, count = rows(block, context, take, frozenset({"prefix", "contract"}))
    return Read(events, refused, [], count)


def _row(row: Mapping[str, str], options: Mapping[str, str]) -> Event:
    try:
        prefix = parse_prefix(row["prefix"])
    except ValueError as e:
        raise ValueError("bad_prefix") from e
    try:
        ports = parse_ports(row.get("ports", ""))
    except ValueError as e:
        raise ValueError("bad_ports") from e
    begin, end = span(row, options)
    if not row["contract"]:
        raise ValueError("no_contract")
    return Event(
        HELD, begin or 0, f"contract:{row['contract']}", _keys(prefix, ports), realm=(row.get("realm") or options.get("realm", ""))[:40],
        began=begin or 0, until=end, error=0,
    )


def _keys(prefix: object, ports: list[tuple[int, int]]) -> tuple[Key, ...]:
    if isinstance(prefix, IPv4Network):
        if prefix.prefixlen < WIDEST_V4:
            raise ValueError("prefix_too_wide")
        base = int(prefix.network_address)
        if not ports:
            return tuple(Key(key_v4(base + n)) for n in range(prefix.num_addresses))
        if prefix.prefixlen < 24:
            raise ValueError("prefix_too_wide")
        return tuple(
            Key(key, size) for n in range(prefix.num_addresses) for lo, hi in ports for key, size in block_keys(IPv4Address(base + n), lo, hi)
        )
    if ports:
        raise ValueError("ports_of_ipv6")
    return (Key(key_v6(prefix.network_address, prefix.prefixlen), prefix.prefixlen),)  # type: ignore[attr-defined]

