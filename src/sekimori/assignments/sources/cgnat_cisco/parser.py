"""Cisco CGv6 (IOS XR) syslog: one or more `[EventName L4 source VRF source6 outside port first last dst dstport]` a packet.

`-` stands for what does not apply. User-based records are port blocks without a protocol; session-based ones are single
ports. With DS-Lite the member is the IPv6 source. A change of the bulk size ends all translations without records. IOS and IOS XE write one
translation a line (`Created … inside local, inside global, outside local, outside global`, then the VRF's number).
"""

from __future__ import annotations

import re

from sekimori.assignments.events import START, STOP, Context, Event, Read
from sekimori.assignments.natlog import PROTOCOLS, event, read_lines, time_of
from sekimori.assignments.syslog import HEAD, Times

_LINE = re.compile(HEAD)
_RECORD = re.compile(
    rb"\[ ?((?:User|Session)based(?:AD|WD|A|W)) (\S{1,8}) (\S{1,45}) (\S{1,64}) (\S{1,45}) (\S{1,45}) (\S{1,5}) (\d{1,5}) (\S{1,5})(?: (\S{1,45}) (\S{1,5}))? ?\]"
)
_TRANSLATION = re.compile(
    rb"(Created|Deleted) (?:Translation )?(?i:(tcp|udp|icmp)) (\d{1,3}(?:\.\d{1,3}){3}):\d{1,5} (\d{1,3}(?:\.\d{1,3}){3}):(\d{1,5})"
    rb"(?: \d{1,3}(?:\.\d{1,3}){3}:\d{1,5}){2}(?: (\d{1,5}))?(?=[ .\r]|\Z)"
)
_TRANSLATED = re.compile(rb"%(?:IPNAT-6-(?:NAT_)?(?:CREATED|DELETED)|NAT-6-LOG_TRANSLATION):")
MOST = 64


def parse(block: bytes, context: Context) -> Read:
    """Read lines. A line with any record that cannot be used is refused as a whole."""

    def take(line: bytes, times: Times) -> list[Event] | str | None:
        single = _TRANSLATED.search(line) if b"%" in line else None
        if single is None and b"based" not in line:
            return None
        head = _LINE.match(line)
        if head is None:
            return "bad_line"
        time = time_of(head[1], times)
        if isinstance(time, str):
            return time
        if single is not None:
            made = _translation(line, head[2], time, context)
            return made if isinstance(made, str) else [made]
        out = []
        for found in _RECORD.findall(line)[:MOST]:
            made = _event(found, head[2], time, context)
            if isinstance(made, str):
                return made
            out.append(made)
        return out or "bad_line"

    return read_lines(block, context, take)


def _translation(line: bytes, host: bytes, time: int, context: Context) -> Event | str:
    found = _TRANSLATION.search(line)
    if found is None:
        return "bad_line"
    act, proto, inside, outside, port, vrf = found.groups()
    return event(START if act == b"Created" else STOP, time, inside, outside, int(port), int(port), context, device=host,
                 vrf="" if vrf in {None, b"0"} else vrf.decode(), proto=PROTOCOLS[proto.upper()])


def _event(found: tuple[bytes, ...], host: bytes, time: int, context: Context) -> Event | str:
    name, proto, source, vrf, source6, outside, _port, first, last, *_ = found
    inside = source6 if source6 != b"-" else source
    act = START if name.removesuffix(b"D").endswith(b"A") else STOP
    top = int(last) if last.isdigit() else int(first)
    realm = "" if vrf == b"-" else vrf.decode("utf-8", "replace")
    number = PROTOCOLS.get(proto.upper(), 0) if name.startswith(b"Session") else 0
    return event(act, time, inside, outside, int(first), top, context, device=host, vrf=realm, proto=number)
