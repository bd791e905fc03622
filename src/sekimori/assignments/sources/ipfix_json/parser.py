"""NAT events of IPFIX and NetFlow (RFC 8158) as JSON: nfdump's own names, or those of the information elements.

The same event number means different things at different exporters (14 is a port block at Juniper, an address binding in
the RFC): `--set map=rfc|juniper`, `--set map@EXPORTER=…`, or numbers, `map@192.0.2.1=14:start,15:stop`. nfdump prints local
time without a zone: `--set zone=` is needed then.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from sekimori.assignments.events import START, STOP, Context, Event, Read, Refusal
from sekimori.assignments.natlog import OPTIONS as NAT_OPTIONS
from sekimori.assignments.natlog import event
from sekimori.assignments.stamps import LATEST, epoch, iso, zone_option

OPTIONS = NAT_OPTIONS | {"map", "map@"}
MAPS: dict[str, dict[int, int]] = {
    # RFC 8158 §4.3: sessions, BIB entries, address bindings, port blocks; create is even, delete odd
    "rfc": {**dict.fromkeys((1, 4, 6, 8, 10, 14, 16), START), **dict.fromkeys((2, 5, 7, 9, 11, 15, 17), STOP)},
    # Juniper's documentation: the numbers of draft-02
    "juniper": {**dict.fromkeys((1, 4, 6, 8, 12, 14), START), **dict.fromkeys((2, 5, 7, 9, 13, 15), STOP)},
}
ADDRESS_ONLY = {"rfc": {14, 15}, "juniper": {12, 13}}
"""Address bindings: the whole outside address."""
_OBJECT = re.compile(rb"\{[^{}]{0,8000}\}")
_WORDS = re.compile(r"(creat|add|alloc|new)|(delet|free|de-?alloc|destroy|release)", re.IGNORECASE)


def parse(block: bytes, context: Context) -> Read:
    """Read every flat JSON object of the block; flows without a NAT event are ignored."""
    zone = zone_option(context.options)
    events: list[Event] = []
    refused: list[Refusal] = []
    count = 0
    for found in _OBJECT.finditer(block):
        count += 1
        try:
            record = json.loads(found[0])
        except (ValueError, RecursionError):
            refused.append(Refusal("not_json", found[0]))
            continue
        made = _event({str(k).lower(): v for k, v in record.items()}, zone, context)
        if made is None:
            context.ignored += 1
        elif isinstance(made, str):
            refused.append(Refusal(made, found[0]))
        else:
            events.append(made)
    return Read(events, refused, [], count)


def _event(record: Mapping[str, Any], zone: int | None, context: Context) -> Event | str | None:
    raw = _first(record, "nat_event_id", "nat_event", "natevent", "event_id", "event")
    inside = _text(record, "src4_addr", "src6_addr", "src_addr", "sourceipv4address", "sourceipv6address")
    outside = _text(record, "src4_xlt_ip", "src_xlt_ip", "postnatsourceipv4address")
    if raw is None or not outside:
        return None
    exporter = _text(record, "ip4_router", "ip6_router", "exporter", "exporteripv4address")
    name = context.options.get(f"map@{exporter}") or context.options.get("map", "rfc")
    number = _number(raw)
    if number is None:
        words = _WORDS.search(str(raw))
        if words is None:
            return None
        # "delete" and "de-allocate" also hold the words of a beginning
        act = STOP if re.search(r"delet|free|de-?alloc|destroy|release", str(raw), re.IGNORECASE) else START
    else:
        table = _map(name)
        if table is None:
            return "bad_map"
        if number not in table:
            return None
        act = table[number]
    time = _time(record, zone)
    if isinstance(time, str):
        return time
    first, last = _ports(record)
    if first is None or last is None:
        if number is not None and number not in ADDRESS_ONLY.get(name, ()):
            return "bad_ports"
        first, last = 0, 65535
    vrf = _text(record, "ingress_vrf", "ingressvrfid", "vrf", "i_vrf_id")
    return event(
        act, time, _octets(inside), _octets(outside), first, last, context, device=_octets(exporter), vrf="" if vrf == "0" else vrf,
        proto=_proto(record, first, last),
    )


@lru_cache(maxsize=64)
def _map(name: str) -> dict[int, int] | None:
    if name in MAPS:
        return MAPS[name]
    out = {}
    for pair in name.split(","):
        number, _, word = pair.partition(":")
        if not number.isdecimal() or len(number) > 3 or word not in {"start", "stop"}:
            return None
        out[int(number)] = START if word == "start" else STOP
    return out


def _ports(record: Mapping[str, Any]) -> tuple[int | None, int | None]:
    first = _number(_first(record, "pblock_start", "xlate_port_block_start", "portrangestart"))
    if first is not None:
        last = _number(_first(record, "pblock_end", "xlate_port_block_end", "portrangeend"))
        size = _number(_first(record, "pblock_size", "xlate_port_block_size", "portrangenumports"))
        if (last is None or last < first) and size:
            last = first + size - 1
        return first, last
    port = _number(_first(record, "src_xlt_port", "postnaptsourcetransportport"))
    return port, port


def _proto(record: Mapping[str, Any], first: int, last: int) -> int:
    value = _number(_first(record, "proto", "protocolidentifier"))
    return value if first == last and value in {1, 6, 17} else 0


def _time(record: Mapping[str, Any], zone: int | None) -> int | str:
    millis = _number(_first(record, "observationtimemilliseconds", "t_event_ms", "event_time_ms"))
    if millis is not None:
        return millis * 1000 if 0 < millis * 1000 < LATEST else "bad_time"
    text = str(_first(record, "t_event", "event_time", "t_first", "timestamp", "observationtimeseconds") or "")
    value = epoch(text) if text[:1].isdigit() and "-" not in text else iso(text, zone)
    if value is not None:
        return value
    return "no_zone" if zone is None and iso(text, 0) is not None else "bad_time"


def _first(record: Mapping[str, Any], *names: str) -> Any:
    return next((record[n] for n in names if record.get(n) not in (None, "")), None)


def _text(record: Mapping[str, Any], *names: str) -> str:
    for name in names:
        value = record.get(name)
        if isinstance(value, str | int) and str(value) not in {"", "0.0.0.0", "::"}:  # noqa: S104 - nfdump prints absent addresses so
            return str(value)[:60]
    return ""


def _octets(text: str) -> bytes:
    return text.encode("utf-8", "replace")  # JSON may hold lone surrogates


def _number(value: Any) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value if value >= 0 else None
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 16 else None
