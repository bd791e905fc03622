"""6WIND Turbo Router CGNAT (`fp-cgnat`): blocks by protocol (TCP and UDP differ), and connections."""

from __future__ import annotations

import re

from sekimori.assignments.events import START, STOP, Context, Event, Read
from sekimori.assignments.natlog import event, read_lines, time_of
from sekimori.assignments.syslog import HEAD, Times

_BLOCK = re.compile(
    HEAD + rb" [^\n]{0,100}?USER ([0-9A-Fa-f:.]{2,45}?) ?(?:\(matching rule \d{1,9}\))?: (NEW|DESTROY) BLOCK \((?:pool \"[^\"\n]{0,64}\", )?ip public (\S{7,15}), "
    rb"proto (\d{1,3}), port (\d{1,5}) ?- ?(\d{1,5})\)"
)
_CONNECTION = re.compile(
    HEAD + rb" [^\n]{0,100}?(NEW|DESTROY) CONN: fwd proto (\d{1,3}) (\d{1,3}(?:\.\d{1,3}){3}|\[[0-9A-Fa-f:.]{2,45}\]|[0-9A-Fa-f:.]{2,45}):\d{1,5} -> \S{1,60}, back proto \d{1,3} \S{1,60} --?> "
    rb"(\d{1,3}(?:\.\d{1,3}){3}):(\d{1,5})"
)


def parse(block: bytes, context: Context) -> Read:
    """Read lines."""

    def take(line: bytes, times: Times) -> Event | str | None:
        if b"BLOCK" in line:
            found = _BLOCK.match(line)
            if found is None:
                return "bad_line"
            head, host, inside, act, outside, proto, first, last = found.groups()
        elif b" CONN: " in line:
            found = _CONNECTION.match(line)
            if found is None:
                return "bad_line"
            head, host, act, proto, inside, outside, first = found.groups()
            inside, last = inside.strip(b"[]"), first
        else:
            return None
        time = time_of(head, times)
        if isinstance(time, str):
            return time
        return event(
            START if act == b"NEW" else STOP, time, inside, outside, int(first), int(last), context, device=host, proto=min(255, int(proto))
        )

    return read_lines(block, context, take)
