"""NFWare: `A|D VRF n [proto] INT address[:port] EXT address[:port[-port]] [DST …]`."""

from __future__ import annotations

import re

from sekimori.assignments.events import START, STOP, Context, Event, Read
from sekimori.assignments.natlog import event, read_lines, time_of
from sekimori.assignments.syslog import HEAD, Times

_LINE = re.compile(
    HEAD + rb" [^\n]{0,200}?\b([AD]) VRF (\S{1,64}) (?:(\d{1,3}) )?INT (?:(\d{1,3}(?:\.\d{1,3}){3})(?::\d{1,5})?|\[([0-9A-Fa-f:.]{2,45})\](?::\d{1,5})?|([0-9A-Fa-f:]{2,45}))"
    rb" EXT (\d{1,3}(?:\.\d{1,3}){3})(?::(\d{1,5})(?:-(\d{1,5}))?)?(?![\d.])"
)


def parse(block: bytes, context: Context) -> Read:
    """Read lines; without ports it is a one-to-one mapping of the whole address."""

    def take(line: bytes, times: Times) -> Event | str | None:
        if b" EXT " not in line:
            return None
        found = _LINE.match(line)
        if found is None:
            return "bad_line"
        head, host, act, vrf, proto, ipv4, bracketed, ipv6, outside, first, last = found.groups()
        if ipv6 and proto:
            return "bad_address"  # a single mapping states the member's port: without brackets it may be address or port
        inside = ipv4 or bracketed or ipv6
        time = time_of(head, times)
        if isinstance(time, str):
            return time
        low = int(first) if first else 0
        high = int(last or first) if first else 65535
        realm = "" if vrf == b"0" else vrf.decode("utf-8", "replace")
        return event(
            START if act == b"A" else STOP, time, inside, outside, low, high, context, device=host, vrf=realm,
            proto=min(255, int(proto)) if proto else 0,
        )

    return read_lines(block, context, take)
