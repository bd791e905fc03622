"""Juniper port blocks, in three shapes: MX with USF, SRX structured syslog, MX with MS-MPC (or MS-DPC, `ASP_`).

The hexadecimal epoch is the time of allocation, repeated in INTERIM and RELEASE of the MX: where ALLOC was lost the
beginning is rebuilt from it. (SRX writes the time of release there; a close one is therefore no beginning.) Heads carry
no year and no zone; both are learned from an ALLOC, whose epoch is its own time.
"""

from __future__ import annotations

import re

from sekimori.assignments.events import ALIVE, START, STOP, Context, Event, Read
from sekimori.assignments.natlog import event, read_lines, time_of
from sekimori.assignments.syslog import HEAD, Times

_HEAD = re.compile(HEAD)
_USF = re.compile(
    rb"PBA_(ALLOC|INTERIM|RELEASE)(?:_USF)?: Subscriber (\S{1,45}) used/maximum \[[\d/]{3,13}\] blocks, \w{1,20} port block \[(\d{1,5})-(\d{1,5})\] from (\S{7,15})"
    rb" in source pool \S{1,64}(?: lsys_id: \d{1,9})?(?: epoch (?:0x)?([0-9a-fA-F]{1,16}))?"
)
_MPC = re.compile(
    rb"NAT_PORT_BLOCK_(ALLOC|ACTIVE|RELEASE): (\S{1,45}) -> (\S{7,15}):(\d{1,5})-(\d{1,5})(?: (?:0x)?([0-9a-fA-F]{1,16}))?"
)
_STRUCTURED = re.compile(rb"PBA_(ALLOC|INTERIM|RELEASE)(?:_USF)? \[([^\n]{1,1000})\]")
_PAIR = re.compile(rb'([A-Za-z0-9-]{1,40})="([^"]{0,100})"')
_HEX = re.compile(rb"(?:0x)?[0-9a-fA-F]{1,16}")
_ACTS = {b"ALLOC": START, b"INTERIM": ALIVE, b"ACTIVE": ALIVE, b"RELEASE": STOP}


def parse(block: bytes, context: Context) -> Read:
    """Read lines of any of the three shapes, mixed or not. Other lines are ignored."""
    times = Times(context)
    if times.zone is None:
        _learn(block, times)

    def take(line: bytes, times: Times) -> Event | str | None:
        found = _fields(line)
        if found is None:
            return None if _place(line) < 0 else "bad_line"
        return _event(line, *found, times, context)

    return read_lines(block, context, take, times)


def _place(line: bytes) -> int:
    """Return where the message of a block begins in a line, or -1."""
    place = line.find(b"PBA_")
    return place if place >= 0 else line.find(b"NAT_PORT_BLOCK_")


def _fields(line: bytes) -> tuple[bytes, bytes, bytes, bytes, bytes, bytes | None] | None:
    """Return (act, inside, outside, first port, last port, epoch), or None where the line is of no known shape."""
    place = _place(line)
    if place < 0:
        return None
    found = _USF.match(line, place)
    if found is not None:
        act, inside, first, last, outside, epoch = found.groups()
        return act, inside, outside, first, last, epoch
    found = _MPC.match(line, place)
    if found is not None:
        act, inside, outside, first, last, epoch = found.groups()
        return act, inside, outside, first, last, epoch
    found = _STRUCTURED.match(line, place)
    if found is None:
        return None
    pairs = dict(_PAIR.findall(found[2]))
    names = (b"internal-ip", b"reflexive-ip", b"block-port-low", b"block-port-high")
    inside, outside, first, last = (pairs.get(name, b"") for name in names)
    epoch = pairs.get(b"epoch-time-64", b"")
    return found[1], inside, outside, first, last, epoch if _HEX.fullmatch(epoch) else None


def _event(
    line: bytes, act: bytes, inside: bytes, outside: bytes, first: bytes, last: bytes, epoch: bytes | None, times: Times, context: Context
) -> Event | str:
    head = _HEAD.match(line)
    if head is None:
        return "bad_line"
    if not first.isdigit() or not last.isdigit() or len(first) > 5 or len(last) > 5:
        return "bad_ports"
    kind, stated = _ACTS[act], _epoch(epoch)
    written = time_of(head[1], times)
    if kind == START and stated is not None:
        seen = written if isinstance(written, int) else None
        return event(START, stated, inside, outside, int(first), int(last), context, device=head[2], seen=seen)
    if isinstance(written, str):
        return written
    return event(kind, written, inside, outside, int(first), int(last), context, device=head[2], began=stated if kind != START else None)


def _epoch(text: bytes | None) -> int | None:
    if not text:
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
        head, found = _HEAD.match(line), _fields(line)
        stated = _epoch(found[5]) if found else None
        if head is not None and stated is not None:
            times.learn(head[1], stated)
        place = block.find(b"_ALLOC", place + 1)
