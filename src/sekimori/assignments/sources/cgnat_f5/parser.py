"""F5 BIG-IP CGNAT: `LSN_ADD` and `LSN_DELETE` as name/value pairs ("Splunk" destination) or as fields; port blocks `LSN_PB_*`.

A "zombie" block is still used after its time-out: it ends with its release, not before. `start` is in milliseconds; a
delete states its duration, which rebuilds the beginning where the add was lost.
"""

from __future__ import annotations

import re

from sekimori.assignments.events import START, STOP, Context, Event, Read
from sekimori.assignments.natlog import PROTOCOLS, event, read_lines, time_of
from sekimori.assignments.syslog import HEAD, Times

_LINE = re.compile(HEAD)
_PAIR = re.compile(rb'(\w{1,40})="([^"]{0,200})"')
_FIELDS = re.compile(
    rb'"?LSN_(INBOUND_)?(ADD|DELETE)"? "?(?:(TCP|UDP|ICMP)"? "?)?(\d{1,3}(?:\.\d{1,3}){3})(?:%(\d{1,5}))?:(\d{1,5})(?:%\d{1,5})?"? (?:"?(\d{1,3})"? )?'
    rb'"?(\d{1,3}(?:\.\d{1,3}){3})(?:%\d{1,5})?:(\d{1,5})'
)
_END = re.compile(
    rb"(\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f:]{2,39}(?=[%.]|\Z))(?:%(\d{1,5}))?(?:[:.] ?(\d{1,5})(?:-(\d{1,5}))?)?(?:%(\d{1,5}))?\Z"
)
"""IPv6 addresses have their port behind a full stop."""
_BLOCK = re.compile(
    rb'"?LSN_PB_(ALLOCATED|RELEASED)"?:? "?(\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f:]{2,39})(?:%(\d{1,5}))?"? "?(\d{1,3}(?:\.\d{1,3}){3})(?:%\d{1,5})?: ?'
    rb"(\d{1,5})-(\d{1,5})"
)
_TUNNEL = re.compile(rb"dslite|softwire|\bb4", re.IGNORECASE)
_OTHER = re.compile(rb"LSN_[A-Z_]{0,30}(?:QUOTA|ERROR|EXHAUST|LIMIT|FAIL)")
_ACTS = {
    b"LSN_ADD": START, b"LSN_INBOUND_ADD": START, b"LSN_DELETE": STOP, b"LSN_INBOUND_DELETE": STOP, b"LSN_PB_ALLOCATED": START,
    b"LSN_PB_RELEASED": STOP,
}


def parse(block: bytes, context: Context) -> Read:
    """Read lines; route domains (`%n`) are the VRF of the inside address."""

    def take(line: bytes, times: Times) -> Event | str | None:
        if b"LSN_" not in line:
            return None
        head = _LINE.match(line)
        if head is None:
            return "bad_line"
        time = time_of(head[1], times)
        if isinstance(time, str):
            return time
        if b"lsn_event=" in line:
            return _pairs(line, head[2], time, context)
        block = _BLOCK.search(line) if b"LSN_PB" in line else None
        if block is not None:
            return event(START if block[1] == b"ALLOCATED" else STOP, time, block[2], block[4], int(block[5]), int(block[6]), context, device=head[2],
                         vrf=_domain(block[3]))
        found = _FIELDS.search(line)
        if found is None:
            return None if _OTHER.search(line) else "bad_line"
        _in, act, proto, inside, domain, _port, number, outside, port = found.groups()
        return event(
            START if act == b"ADD" else STOP, time, inside, outside, int(port), int(port), context, device=head[2], vrf=_domain(domain),
            proto=PROTOCOLS.get(proto or number or b"", 0),
        )

    return read_lines(block, context, take)


def _pairs(line: bytes, host: bytes, time: int, context: Context) -> Event | str | None:
    pairs: dict[bytes, bytes] = dict(_PAIR.findall(line))
    act = _ACTS.get(pairs.get(b"lsn_event", b""))
    if act is None:
        return None if _OTHER.search(pairs.get(b"lsn_event", b"")) else "bad_line"
    inside = _END.match(pairs.get(b"cli") or pairs.get(b"lsn_client") or b"")
    outside = _END.match(pairs.get(b"nat") or pairs.get(b"lsn_pb") or b"")
    if inside is None or outside is None or outside[3] is None:
        return "bad_address"
    began = None
    if pairs.get(b"duration", b"").isdigit() and act == STOP and len(pairs[b"duration"]) < 16:
        began = max(0, time - int(pairs[b"duration"]) * 1000)
    # With DS-Lite the member is the tunnel's end: the address inside it is the same in every house.
    tunnel = next((v for k, v in pairs.items() if _TUNNEL.search(k) and b":" in v), b"") if b"lite" in line or b"LITE" in line or b"b4" in line or b"softwire" in line else b""
    return event(
        act, time, tunnel.partition(b"%")[0] or inside[1], outside[1], int(outside[3]), int(outside[4] or outside[3]), context, device=host,
        vrf=_domain(inside[2] or inside[5]), proto=PROTOCOLS.get(pairs.get(b"ip_protocol", b"").upper(), 0), began=began,
    )


def _domain(text: bytes | None) -> str:
    return text.decode() if text and text != b"0" else ""
