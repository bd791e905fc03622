"""Citrix ADC (NetScaler) large-scale NAT: mapping entries `LSN_ADDRPORT_MAPPING … CREATED|DELETED`, also NAT64 and DS-Lite.

Sessions (`LSN_SESSION`) say nothing that their mapping does not; they are ignored. Times in the line are GMT where it
says so.
"""

from __future__ import annotations

import re

from sekimori.assignments.events import START, STOP, Context, Event, Read
from sekimori.assignments.natlog import PROTOCOLS, event, read_lines, time_of
from sekimori.assignments.stamps import at
from sekimori.assignments.syslog import HEAD, Times

_HEAD = re.compile(HEAD)
_OWN = re.compile(rb"(\d{2})/(\d{2})/(\d{4}):(\d{2}):(\d{2}):(\d{2}) GMT")
_MAPPING = re.compile(
    rb"_MAPPING\b[^\n]{0,200}?(CREATED|DELETED)(?: (TCP|UDP|ICMP))?,? {0,2}(?:B4 IP: ?([0-9A-Fa-f:.]{2,45}),? )?Client IP:Port:TD ?"
    rb"(\[?[0-9A-Fa-f.:]{2,45}?\]?): ?\d{1,5}:(\d{1,5}),? NatIP:NatPort ?(\d{1,3}(?:\.\d{1,3}){3}): ?(\d{1,5})"
)
_OTHER = re.compile(rb"_SESSION\b|LSN_[A-Z0-9_]{0,30}(?:TIMEOUT|EXCEEDED|FAIL|EXHAUST)")
_PROTOCOL = re.compile(rb"Protocol: ?(TCP|UDP|ICMP)")


def parse(block: bytes, context: Context) -> Read:
    """Read lines; the traffic domain is the VRF of the inside address."""

    def take(line: bytes, times: Times) -> Event | str | None:
        if b"_MAPPING" not in line:
            return None if _OTHER.search(line) or b"LSN" not in line else "bad_line"
        found = _MAPPING.search(line)
        if found is None:
            return "bad_line"
        head = _HEAD.match(line)
        own = _OWN.search(line[:200])
        time: int | str | None
        if own is not None:
            month, day, year, hour, minute, second = (int(own[n]) for n in range(1, 7))
            time = at(year, month, day, hour, minute, second)
        else:
            time = time_of(head[1], times) if head else "bad_time"
        if not isinstance(time, int):
            return time or "bad_time"
        act, proto, b4, inside, domain, outside, port = found.groups()
        named = _PROTOCOL.search(line)
        return event(
            START if act == b"CREATED" else STOP, time, b4 or inside.strip(b"[]"), outside, int(port), int(port), context,
            device=head[2] if head else b"", vrf="" if domain == b"0" else domain.decode(),
            proto=PROTOCOLS.get(proto or (named[1] if named else b""), 0),
        )

    return read_lines(block, context, take)
