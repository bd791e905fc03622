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
from sekimori.assignments.natlog import PROTOCOLS, event
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
REST_MAX = 65_536
"""Longest unfinished object, in characters, that is kept for the next block."""
_ABSENT = frozenset({"", "0.0.0.0", "::"})  # noqa: S104 - nfdump prints absent addresses so
_DECODER = json.JSONDecoder()
_WORDS = re.compile(r"(creat|add|alloc|new)|(delet|free|de-?alloc|destroy|release)", re.IGNORECASE)
_ENDS = re.compile(r"delet|free|de-?alloc|destroy|release", re.IGNORECASE)
_PLAIN = str.maketrans("", "", "_- .@")
_SCANNED = re.compile(r"natEvent|nat_event|\"I\": ?230\b", re.IGNORECASE)


def parse(block: bytes, context: Context) -> Read:
    """Read every JSON object of the block, nested or not; flows without a NAT event are ignored.

    Names count without prefix (`iana:`), case, `_` and `-`; those of nfdump, pmacct, ipfixcol2, goflow and Elastic's agents are known. An object
    that the block cuts waits in the state for its end.
    """
    zone = zone_option(context.options)
    events: list[Event] = []
    refused: list[Refusal] = []
    count = 0
    text = str(context.state.pop("rest", "")) + block.decode("utf-8", "replace")
    place = text.find("{")
    while place >= 0:
        try:
            record, end = _DECODER.raw_decode(text, place)
        except (ValueError, RecursionError) as e:
            end = text.find("\n{", place + 1)
            if end < 0 and _unfinished(e, text) and len(text) - place <= REST_MAX:
                context.state["rest"] = text[place:]
                break
            count += 1
            refused.append(Refusal("not_json", text[place : end if end >= 0 else None].encode("utf-8", "replace")))
            place = text.find("{", end) if end >= 0 else -1
            continue
        count += 1
        made = _event(_flat(record), zone, context)
        if made is None and _SCANNED.search(text, place, end):
            made = "unknown_form"
        if not made:
            context.ignored += 1
        elif isinstance(made, str):
            refused.append(Refusal(made, text[place:end].encode("utf-8", "replace")))
        else:
            events.append(made)
        place = text.find("{", end)
    return Read(events, refused, [], count)


def _unfinished(fault: Exception, text: str) -> bool:
    """Tell whether an object is cut rather than wrong."""
    return isinstance(fault, json.JSONDecodeError) and (fault.pos >= len(text.rstrip()) - 1 or fault.msg.startswith(("Unterminated", "Expecting value")))


@lru_cache(maxsize=4096)
def _plain(name: str) -> str:
    return name.rpartition(":")[2].lower().translate(_PLAIN)


def _flat(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return all values by their plain names; those of objects inside both by their own name and with the outer one before it."""
    out: dict[str, Any] = {}
    waiting: list[tuple[str, Mapping[str, Any]]] = [("", record)]
    for outer, value in waiting:  # it grows while it is read
        if len(out) >= 500:
            break
        for key, inner in value.items():
            name = _plain(key)
            if isinstance(inner, dict):
                waiting.append((name, inner))
                continue
            if name not in out:
                out[name] = inner
            if outer:
                out.setdefault(outer + name, inner)
    return out


def _event(record: Mapping[str, Any], zone: int | None, context: Context) -> Event | str | None:
    """Return the event, the code of a refusal, "" for NAT events of other kinds (exhaustion, limits), None where there is none."""
    raw = _first(record, "nateventid", "natevent", "eventid", "event")
    inside = _text(record, "src4addr", "src6addr", "srcaddr", "sourceipv4address", "sourceipv6address", "ipsrc", "sourceip")
    outside = _text(record, "src4xltip", "srcxltip", "postnatsourceipv4address", "postnatipsrc", "postnatsrcaddr")
    if raw is None:
        return None
    exporter = _text(record, "ip4router", "ip6router", "exporter", "exporteripv4address", "exporteripv6address", "peeripsrc", "exporteraddress", "agentid")
    name = context.options.get(f"map@{exporter}") or context.options.get("map", "rfc")
    number = _number(raw)
    if number is None:
        if not outside:
            return None  # `event` is a common name
        words = _WORDS.search(str(raw))
        if words is None:
            return ""
        # "delete" and "de-allocate" also hold the words of a beginning
        act = STOP if _ENDS.search(str(raw)) else START
    else:
        table = _map(name)
        if table is None:
            return "bad_map"
        if number not in table:
            return ""
        act = table[number]
    if not outside:
        return "no_outside"
    time = _time(record, zone)
    if isinstance(time, str):
        return time
    first, last = _ports(record)
    if first is None or last is None:
        if number is not None and number not in ADDRESS_ONLY.get(name, ()):
            return "bad_ports"
        first, last = 0, 65535
    vrf = _text(record, "ingressvrf", "ingressvrfid", "vrf", "ivrfid", "vrfid")
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
    first = _number(_first(record, "pblockstart", "xlateportblockstart", "portrangestart"))
    if first is not None:
        last = _number(_first(record, "pblockend", "xlateportblockend", "portrangeend"))
        size = _number(_first(record, "pblocksize", "xlateportblocksize", "portrangenumports"))
        if (last is None or last < first) and size:
            last = first + size - 1
        return first, last
    port = _number(_first(record, "srcxltport", "postnaptsourcetransportport", "postnatportsrc", "postnatsrcport"))
    return port, port


def _proto(record: Mapping[str, Any], first: int, last: int) -> int:
    raw = _first(record, "proto", "protocolidentifier", "ipproto")
    value = PROTOCOLS.get(str(raw).upper().encode("utf-8", "replace"), 0) if raw is not None else 0
    return value if first == last else 0


def _time(record: Mapping[str, Any], zone: int | None) -> int | str:
    raw = _first(record, "observationtimemilliseconds", "teventms", "eventtimems")
    millis = _number(raw)
    if millis is not None:
        return millis * 1000 if 0 < millis * 1000 < LATEST else "bad_time"
    text = str(raw or _first(record, "tevent", "eventtime", "observationtimeseconds", "observationtimemicroseconds", "tfirst", "timestampstart", "timestamparrival",
                             "flowstartmilliseconds", "timestamp") or "")
    value = epoch(text) if text[:1].isdigit() and "-" not in text else iso(text, zone)
    if value is not None:
        return value
    return "no_zone" if zone is None and iso(text, 0) is not None else "bad_time"


def _first(record: Mapping[str, Any], *names: str) -> Any:
    for name in names:
        value = record.get(name)
        if value is not None and value != "":
            return value
    return None


def _text(record: Mapping[str, Any], *names: str) -> str:
    for name in names:
        value = record.get(name)
        if value is None or not isinstance(value, str | int):
            continue
        text = str(value)
        if text not in _ABSENT:
            return text[:60]
    return ""


def _octets(text: str) -> bytes:
    return text.encode("utf-8", "replace")  # JSON may hold lone surrogates


def _number(value: Any) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value if value >= 0 else None
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 16 else None
