"""The provider's knowledge as scenarios tell it: prefixes, contracts, logins, assignments, reporters."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Any

from sekimori.assignments.events import RuleRow
from sekimori.assignments.keys import block_keys, key_v4, key_v6
from sekimori.assignments.rules.store import add_rules
from sekimori.assignments.store.factory import open_store
from sekimori.assignments.types import NewRow, Origin
from sekimori.contracts.store import load_contracts, load_keys
from sekimori.demo.play.fields import instant
from sekimori.demo.play.scenario import Line
from sekimori.demo.play.timeline import Timeline
from sekimori.network import store as networks
from sekimori.network.models import Network
from sekimori.reports.models import Reporter, Track
from sekimori.values.actors import Actor
from sekimori.values.addresses import parse_ports, parse_prefix
from sekimori.values.clock import micros
from sekimori.values.loads import Tally

BY = Actor("command", "play")
RELAY = "192.0.2.250/32"


def _row(line: Line) -> dict[str, str]:
    """Return the fields as the cells of a CSV row."""
    return {k: _cell(v) for k, v in line.fields.items()}


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return " ".join(str(v) for v in value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _loaded(lines: Sequence[Line], tally: Tally) -> None:
    if tally.rejects:
        number, reason, _ = tally.rejects[0]
        raise lines[number].error(f"{lines[number].event} refused: {reason}")


def network(lines: Sequence[Line], now: datetime) -> None:
    """Load prefixes."""
    tally = Tally()
    networks.load(enumerate(map(_row, lines)), tally, now, BY)
    _loaded(lines, tally)


def ensure_relay(now: datetime) -> Network:
    """Return the relay of ours through which submissions went; a scenario that names none in its network gets one."""
    known = Network.objects.filter(kind="relay").order_by("id").first()
    if known is None:
        networks.load([(0, {"prefix": RELAY, "kind": "relay"})], Tally(), now, BY)
        known = Network.objects.get(kind="relay")
    return known


def contract(lines: Sequence[Line], now: datetime) -> None:
    """Load contracts."""
    tally = Tally()
    load_contracts(enumerate(map(_row, lines)), tally, now, BY)
    _loaded(lines, tally)


def key(lines: Sequence[Line], now: datetime) -> None:
    """Load logins or circuits."""
    tally = Tally()
    load_keys(lines[0].event, enumerate(map(_row, lines)), tally, now, BY)
    _loaded(lines, tally)


def mape_rule(line: Line, timeline: Timeline, now: datetime) -> None:
    """Load one MAP-E rule."""
    row = _row(line)
    try:
        parse_prefix(row["rule_ipv6"])
        prefix = str(parse_prefix(row["rule_ipv4"]))
        params = {"ipv6": row["rule_ipv6"], "ea_length": int(row["ea_length"]), "psid_offset": int(row["psid_offset"])}
    except ValueError as e:
        raise line.error(str(e)) from e
    times = [_micros(line, name) for name in ("valid_from", "valid_to")]
    add_rules([RuleRow("mape", prefix, params, times[0], times[1], "")], "mape-rules", micros(now))


def assignment(lines: Sequence[Line], now: datetime) -> None:
    """Store who held addresses, port ranges or prefixes. `closed` false with a `to` is an inferred end."""
    open_store().append([row for line in lines for row in _rows(line)], micros(now))


def _rows(line: Line) -> list[NewRow]:
    fields = line.fields
    holders = [f"{kind}:{fields[kind]}" for kind in ("login", "contract", "circuit") if fields.get(kind)]
    if len(holders) != 1:
        raise line.error("an assignment names one of login, contract, circuit")
    start, end, seen = (_micros(line, name) for name in ("from", "to", "last_seen"))
    if start is None:
        raise line.error("assignment.from must be ISO 8601 with offset")
    closed = bool(fields.get("closed", end is not None))
    source = str(fields.get("source") or "static")
    try:
        keys = _keys(fields)
    except ValueError as e:
        raise line.error(str(e)) from e
    return [NewRow(realm="", key=k, start=start, end=end, holder=holders[0], origin=Origin(source, source),
                   closed=closed and end is not None, inferred_end=not closed and end is not None, last_seen=seen, size=size)
            for k, size in keys]


def _keys(fields: dict[str, Any]) -> list[tuple[int, int]]:
    prefix = parse_prefix(str(fields["prefix"]))
    ports = parse_ports(_cell(fields.get("ports")))
    if isinstance(prefix, IPv6Network):
        if ports:
            raise ValueError("IPv6 has no shared ports")
        return [(key_v6(prefix.network_address, prefix.prefixlen), prefix.prefixlen)]
    assert isinstance(prefix, IPv4Network)
    if prefix.num_addresses > 65_536:
        raise ValueError("an IPv4 assignment is a /16 at most")
    base = int(prefix.network_address)
    if not ports:
        return [(key_v4(base + n), 0) for n in range(prefix.num_addresses)]
    return [pair for n in range(prefix.num_addresses) for lo, hi in ports for pair in block_keys(IPv4Address(base + n), lo, hi)]


def _micros(line: Line, name: str) -> int | None:
    value = line.fields.get(name)
    if value in (None, ""):
        return None
    found = instant(value)
    if found is None:
        raise line.error(f"{line.event}.{name} must be ISO 8601 with offset")
    return micros(found)


def reporter(line: Line, timeline: Timeline, now: datetime) -> None:
    """Set a reporter's track record so far: for all classes (`*`), or per class."""
    domain = str(line.fields["domain"]).lower()
    Reporter.objects.bulk_create([Reporter(domain=domain, first_seen=now)], ignore_conflicts=True)
    who = Reporter.objects.get(domain=domain)
    confirmed, refuted = line.fields.get("confirmed", 0), line.fields.get("refuted", 0)
    only = str(line.fields.get("class") or line.fields.get("category") or "*").partition("/")[0]
    classes = {*confirmed, *refuted} if isinstance(confirmed, dict) and isinstance(refuted, dict) else (
        set(confirmed) if isinstance(confirmed, dict) else set(refuted) if isinstance(refuted, dict) else {only})
    for name in sorted(classes):
        counts = [value.get(name, 0) if isinstance(value, dict) else value for value in (confirmed, refuted)]
        if not all(isinstance(n, int) and n >= 0 for n in counts):
            raise line.error("confirmed and refuted are counts")
        Track.objects.update_or_create(reporter=who, category=name, defaults={"confirmed": counts[0], "refuted": counts[1]})


def address_text(family: int | None, packed: bytes | memoryview) -> str:
    """Return 16 octets as an address."""
    raw = bytes(packed)
    return str(IPv4Address(raw[12:]) if family == 4 else IPv6Address(raw))
