"""Juniper port blocks, in three shapes: MX with USF, SRX structured syslog, MX with MS-MPC.

The hexadecimal epoch is the time of allocation, repeated in INTERIM and RELEASE of the MX: where ALLOC was lost the
beginning is rebuilt from it. (SRX writes the time of release there; a close one is therefore no beginning.) Heads carry
no year and no zone; both are learned from an ALLOC, whose epoch is its own time.
"""

from __future__ import annotations

import re

from sekimori.assignments.events import ALIVE, START, STOP, Context, Event, Read
from sekimori.assignments.natlog import event, read_lines, time_of
from sekimori.assignments.syslog import HEAD, Times

_USF = re.compile(
    HEAD + rb" [^\n]{0,300}?RT_SRC_NAT_PBA_(ALLOC|INTERIM|RELEASE): Subscriber (\S{1,45}) used/maximum \[\d{1,6}/\d{1,6}\] blocks,"
    rb" \w{1,20} port block \[(\d{1,5})-(\d{1,5})\] from (\S{7,15}) in source pool (\S{1,64})"
    rb"(?: lsys_id: \d{1,9})?(?: epoch (?:0x)?([0-9a-fA-F]{1,16}))?"
)
_MPC = re.compile(
    HEAD + rb" [^\n]{0,300}?JSERVICES_NAT_PORT_BLOCK_(ALLOC|ACTIVE|RELEASE): (\S{1,45}) -> (\S{7,15}):(\d{1,5})-(\d{1,5})"
    rb"(?: (?:0x)?([0-9a-fA-F]{1,16}))?"
)
_STRUCTURED = re.compile(HEAD + rb" [^\n]{0,300}?RT_SRC_NAT_PBA_(ALLOC|INTERIM|RELEASE) \[([^\n]{1,1000})\]")
_PAIR = re.compile(rb'([A-Za-z0-9-]{1,40})="([^"]{0,100})"')
_HEX = re.compile(rb"[0-9a-fA-F]{1,16}")
_ACTS = {b"ALLOC": START, b"INTERIM": ALIVE, b"ACTIVE": ALIVE, b"RELEASE": STOP}


def parse(block: bytes, context: Context) -> Read:
    """Read lines of any of the three shapes, mixed or not. Other lines are ignored."""
    times = Times(context)
    if times.zone is None:
        _learn(block, times)

    def take(line: bytes, times: Times) -> Event | str | None:
        if b"PBA_" in line:
            found = _USF.match(line)
            if found:
                head, host, act, inside, first, last, outside, _, epoch = found.groups()
                return _event(head, host, act, inside, outside, first, last, epoch, times, context)
            found = _STRUCTURED.match(line)
            if found is None:
                return "bad_line"
            pairs = dict(_PAIR.findall(found[4]))
            return _event(
                found[1], found[2], found[3], pairs.get(b"internal-ip", b""), pairs.get(b"reflexive-ip", b""),
                pairs.get(b"block-port-low", b""), pairs.get(b"block-port-high", b""), pairs.get(b"epoch-time-64"), times, context,
            )
        if b"NAT_PORT_BLOCK_" in line:
            found = _MPC.match(line)
            if found is None:
                return "bad_line"
            head, host, act, inside, outside, first, last, epoch = found.groups()
            return _event(head, host, act, inside, outside, first, last, epoch, times, context)
        return None

    return read_lines(block, context, take, times)


def _event(
    head: bytes, host: bytes, act: bytes, inside: bytes, outside: bytes, first: bytes, last: bytes, epoch: bytes | None, times: Times,
    context: Context,
) -> Event | str:
    if not first.isdigit() or not last.isdigit() or len(first) > 5 or len(last) > 5:
        return "bad_ports"
    kind = _ACTS[act]
    written = time_of(head, times)
    stated = _epoch(epoch)
    if kind == START and stated is not None:
        seen = written if isinstance(written, int) else None
        return event(START, stated, inside, outside, int(first), int(last), context, device=host, seen=seen)
    if isinstance(written, str):
        return written
    return event(kind, written, inside, outside, int(first), int(last), context, device=host, began=stated if kind != START else None)


def _epoch(text: bytes | None) -> int | None:
    if not text or not _HEX.fullmatch(text):
        return None
    value = int(text, 16)
    return value * 1_000_000 if 0 < value < 4_102_444_800 else None


def _learn(block: bytes, times: Times) -> None:
    """Learn the zone from the first ALLOC that has an epoch."""
    place = block.find(b"_ALLOC")
    for _ in range(50):
        if place < 0 or times.zone is not None:
            return
        start = block.rfind(b"\n", 0, place) + 1
        end = block.find(b"\n", place)
        line = block[start : end if end >= 0 else len(block)]
        found = _USF.match(line) or _MPC.match(line)
        text = found[found.re.groups] if found else None
        if found is None:
            found = _STRUCTURED.match(line)
            text = dict(_PAIR.findall(found[4])).get(b"epoch-time-64") if found else None
        stated = _epoch(text)
        if found is not None and stated is not None:
            times.learn(found[1], stated)
        place = block.find(b"_ALLOC", place + 1)
