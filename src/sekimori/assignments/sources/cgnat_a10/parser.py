"""A10 Thunder CGN: `NAT-TCP-C: inside:port -> outside:port` (C create, B batch, D delete, F free), fixed NAT, and CEF.

Fixed NAT is written once, when the device starts: it holds until another line names another holder.
"""

from __future__ import annotations

import re

from sekimori.assignments.events import START, STOP, Context, Event, Read
from sekimori.assignments.natlog import PROTOCOLS, event, read_lines, time_of
from sekimori.assignments.syslog import HEAD, Times

_ADDRESS = rb"(\d{1,3}(?:\.\d{1,3}){3})"
_INSIDE = rb"(\d{1,3}(?:\.\d{1,3}){3}|\[[0-9A-Fa-f:.]{2,45}\]|[0-9A-Fa-f:.]{2,45})"
"""NAT64 and DS-Lite: the member is an IPv6 address, its port behind the last colon."""
_NAT = re.compile(
    HEAD + rb" [^\n]{0,200}?NAT-(TCP|UDP|ICMP)-([A-Z]): " + _INSIDE + rb":(\d{1,5}) ?(?:->|<-->) ?" + _ADDRESS + rb": ?(\d{1,5})(?:-(\d{1,5}))?"
)
_SESSION = re.compile(
    HEAD + rb" [^\n]{0,200}?NAT-(TCP|UDP|ICMP)-([A-Z]): " + _ADDRESS + rb":(\d{1,5})<->\S{1,60}, ?" + _ADDRESS + rb":(\d{1,5})<-->"
)
_FIXED = re.compile(HEAD + rb" [^\n]{0,200}?FIXED-NAT-PORTS:? " + _INSIDE + rb" ?-> ?" + _ADDRESS + rb":(\d{1,5})-(\d{1,5})")
_CEF = re.compile(HEAD + rb"( [^\n]{0,200}?)CEF: ?0\|A10\|[^|\n]{0,40}\|[^|\n]{0,40}\|CGN (100|101|106|107)\|[^|\n]{0,60}\|\d{1,2}\|([^\n]{1,1000})")
_OTHER = re.compile(rb"\|(?!CGN 10[0167]\|)[A-Z]{2,16} ?\d{1,4}\|")
"""Events of other kinds: sessions, attacks, exhaustion."""
_BATCH = re.compile(HEAD + rb" [^\n]{0,200}?NAT-(TCP|UDP|ICMP)-([A-Z]): " + _ADDRESS + rb" ?-> ?" + _ADDRESS + rb": ?(\d{1,5})-(\d{1,5})")
_PAIR = re.compile(rb"(\w{1,40})=(\S{1,100})")


def parse(block: bytes, context: Context) -> Read:
    """Read lines."""

    def take(line: bytes, times: Times) -> Event | str | None:
        if b"0|A10|" in line and b"CEF:" in line:
            return _cef(line, times, context)
        if b"FIXED-NAT-PORTS" in line:
            found = _FIXED.match(line)
            if found is None:
                return "bad_line"
            time = time_of(found[1], times)
            if isinstance(time, str):
                return time
            return event(START, time, found[3].strip(b"[]"), found[4], int(found[5]), int(found[6]), context, device=found[2])
        if b"NAT-" not in line:
            return None
        found = _SESSION.match(line)
        if found is not None:
            head, host, proto, letter, inside, _port, outside, first = found.groups()
            last: bytes | None = None
        else:
            found = _NAT.match(line) or _BATCH.match(line)
            if found is None:
                return "bad_line"
            if found.re is _NAT:
                head, host, proto, letter, inside, _port, outside, first, last = found.groups()
                if last is not None and b":" in inside.strip(b"[]") and inside[:1] != b"[":
                    return "bad_address"  # a batch states no port of the member: what stands behind the last colon may be address or port
            else:
                head, host, proto, letter, inside, outside, first, last = found.groups()
        time = time_of(head, times)
        if isinstance(time, str):
            return time
        act = STOP if letter in {b"D", b"F"} else START
        return event(act, time, inside.strip(b"[]"), outside, int(first), int(last or first), context, device=host, proto=PROTOCOLS[proto])

    return read_lines(block, context, take)


def _cef(line: bytes, times: Times, context: Context) -> Event | str | None:
    found = _CEF.match(line)
    if found is None:
        return None if _OTHER.search(line) else "bad_line"
    time = time_of(found[1], times)
    if isinstance(time, str):
        return time
    pairs = dict(_PAIR.findall(found[5]))
    first, last = pairs.get(b"sourceTranslatedPort", b""), pairs.get(b"cn3", b"")
    if not first.isdigit() or len(first) > 5:
        return "bad_ports"
    if found[4] in {b"106", b"107"} and (not last.isdigit() or len(last) > 5):
        return "bad_ports"
    top = int(last) if found[4] in {b"106", b"107"} else int(first)
    # The device's own name and partition, where a collector put the sender's address before them.
    words = found[3].split()
    host, _, partition = (words[-1] if words and b"/" in words[-1] else found[2]).partition(b"/")
    return event(
        START if found[4] in {b"100", b"106"} else STOP, time, pairs.get(b"src", b""), pairs.get(b"sourceTranslatedAddress", b""), int(first), top,
        context, device=host, vrf=partition.decode("utf-8", "replace"), proto=PROTOCOLS.get(pairs.get(b"proto", b"").upper(), 0),
    )
