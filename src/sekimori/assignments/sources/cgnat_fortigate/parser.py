"""FortiGate IP pools with port blocks: log ids 22015 (created), 22024 (interim), 22016 (de-allocated, with its duration).

Plain pairs, comma-separated (`set format csv`), CEF or JSON. `eventtime` is in nanoseconds (seconds before FortiOS 6.0.4) since 1970, so neither year nor zone is needed.
"""

from __future__ import annotations

import re

from sekimori.assignments.events import ALIVE, START, STOP, Context, Event, Read
from sekimori.assignments.natlog import event, read_lines
from sekimori.assignments.stamps import LATEST, iso
from sekimori.assignments.syslog import Times

_PAIR = re.compile(rb'\b(?:FTNTFGT)?(\w{1,40})"?[=:] ?(?:"([^"\n]{0,300})"|([^\s",]{1,300}))')
"""Pairs of the plain, the CSV and the CEF form (whose own names carry a prefix), and of JSON."""
_ACTS = {b"22015": START, b"22024": ALIVE, b"22016": STOP}


def parse(block: bytes, context: Context) -> Read:
    """Read lines of the port-block messages; others are ignored."""

    def take(line: bytes, times: Times) -> Event | str | None:
        if b"2201" not in line and b"22024" not in line:
            return None
        pairs = {k: a or b for k, a, b in _PAIR.findall(line)}
        act = _ACTS.get(pairs.get(b"logid", b"")[-5:])
        if act is None:
            return "bad_line" if b"portbegin" in line else None
        time = _time(pairs, times)
        if time is None:
            return "no_zone" if b"date" in pairs and b"tz" not in pairs else "bad_time"
        first, last = pairs.get(b"portbegin", b""), pairs.get(b"portend", b"")
        if not (first.isdigit() and last.isdigit() and len(first) < 6 and len(last) < 6):
            return "bad_ports"
        duration = pairs.get(b"duration", b"")
        began = max(0, time - int(duration) * 1_000_000) if act != START and duration.isdigit() and len(duration) < 10 else None
        device = pairs.get(b"devname") or pairs.get(b"devid") or b""
        vd = pairs.get(b"vd", b"root")
        return event(
            act, time, pairs.get(b"saddr", b""), pairs.get(b"nat", b""), int(first), int(last), context, device=device,
            vrf="" if vd == b"root" else vd.decode("utf-8", "replace"), began=began,
        )

    return read_lines(block, context, take)


def _time(pairs: dict[bytes, bytes], times: Times) -> int | None:
    text = pairs.get(b"eventtime", b"")
    if text.isdigit() and len(text) <= 20:
        value = int(text)
        value = value // 1000 if value >= 10**17 else value * 1_000_000
        return value if 0 < value < LATEST else None
    zone = pairs.get(b"tz", b"").decode("ascii", "replace")
    return iso(f"{pairs.get(b'date', b'').decode('ascii', 'replace')} {pairs.get(b'time', b'').decode('ascii', 'replace')}{zone}", times.zone)
