"""Kea's legal log (`libdhcp_legal_log`): default text for DHCPv4 and DHCPv6, or the site's own by `--set pattern=`.

Lines begin with local time and a zone abbreviation that often means several zones (CST, IST): set `timestamp-format` to
`%z` or `--set zone=`. There is no line for an expired lease: it ends with release, last renewal + lifetime, or the next
assignment. Continuation lines (`-` after the time, Kea 3.3) belong to other texts and are ignored.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from sekimori.assignments.events import ALIVE, LOST, STOP, Context, Event, Read, Refusal
from sekimori.assignments.leases import OPTIONS as LEASE_OPTIONS
from sekimori.assignments.leases import hex_text, holder_of, lease_event, lease_key
from sekimori.assignments.natlog import time_of
from sekimori.assignments.stamps import LATEST, SECOND, iso, parse_zone
from sekimori.assignments.syslog import HEAD, Times

OPTIONS = LEASE_OPTIONS | {"pattern"}
MAX_LINE = 8_000
_HEAD = re.compile(r"(\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?) ?(Z|[A-Za-z]{1,6}|[+-]\d\d(?::?\d\d)?)? (.*)\Z")
_SYSLOG = re.compile(HEAD + rb" kea-?\S{0,60}:? (.{1,8000})\Z")
_LEASE = re.compile(r"(?:Address|Prefix): ?(\S{2,50}) has been (assigned|renewed|released|declined)")
_SPOKEN = re.compile(r"\b(?:address|prefix)\b[^\n]{0,80}\b(?:assigned|renewed|released|declined|added|deleted)\b|\blease\b|\b(?:Address|Prefix): ?[0-9A-Fa-f]{1,4}[.:]", re.IGNORECASE)
"""Words of a lease in a form that we do not know: refused, not passed by."""
_ADDED = re.compile(r"(?:Administrator|HA partner) (added a|updated information on the) lease of (?:address|prefix): ?(\S{2,50}) to a device")
_DELETED = re.compile(r"(?:Administrator|HA partner) deleted the lease for (?:address|prefix): ?(\S{2,50})")
_LONG = re.compile(r" for (?:(\d{1,6}) days? )?(?:(\d{1,4}) hrs? )?(?:(\d{1,4}) mins? )?(\d{1,10}) sec(?:ond)?s?\b")
_IDS = {
    "hwaddr": re.compile(r"hardware address: (?:hwtype=\d{1,3} )?([0-9A-Fa-f:]{2,100})"),
    "client-id": re.compile(r"client-id: ([0-9A-Fa-f:]{2,600})"),
    "duid": re.compile(r"DUID: ([0-9A-Fa-f:]{2,400})"),
    "circuit-id": re.compile(r"circuit-id: ([0-9A-Fa-f:]{2,800})"),
    "remote-id": re.compile(r"remote-id: ([0-9A-Fa-f:]{2,800})"),
    "subscriber-id": re.compile(r"subscriber-id: ([0-9A-Fa-f:]{2,800})"),
    "interface-id": re.compile(r"interface-id: ([0-9A-Fa-f:]{2,800})"),
}


def parse(block: bytes, context: Context) -> Read:
    """Read lines. `pattern` is a regular expression with the groups `address`, and any of `act seconds circuit remote subscriber hwaddr duid`."""
    own = context.options.get("pattern")
    try:
        pattern = re.compile(own) if own else None
    except re.error:
        return Read([], [Refusal("bad_pattern", (own or "").encode())], [], 0)
    times = Times(context)
    events: list[Event] = []
    refused: list[Refusal] = []
    count = 0
    for raw in block.split(b"\n"):
        if not raw.strip():
            continue
        count += 1
        if len(raw) > MAX_LINE:
            refused.append(Refusal("line_too_long", raw))
            continue
        found = _line(raw.decode("utf-8", "replace").rstrip("\r").replace("\0", "\ufffd"), pattern, context.options, times)
        if found is None:
            context.ignored += 1
        elif isinstance(found, str):
            refused.append(Refusal(found, raw))
        else:
            events.append(found)
    return Read(events, refused, [], count)


def _line(line: str, pattern: re.Pattern[str] | None, options: Mapping[str, str], times: Times) -> Event | str | None:
    head = _HEAD.match(line)
    if head is None:
        return _syslog(line, pattern, options, times)
    stamp, zone, body = head.groups()
    if body.startswith("- ") or zone == "-":
        return None
    offset = parse_zone(zone) if zone else None
    if offset is None:
        offset = parse_zone(options.get("zone", ""))
    if offset is None:
        return "no_zone"
    time = iso(stamp, offset)
    if time is None:
        return "bad_time"
    return _body(body, time, pattern, options)


def _syslog(line: str, pattern: re.Pattern[str] | None, options: Mapping[str, str], times: Times) -> Event | str | None:
    """Read a line that Kea wrote to syslog (`"type": "syslog"`, Kea 2.7)."""
    head = _SYSLOG.match(line.encode("utf-8", "replace"))
    if head is None:
        return "bad_line"
    time = time_of(head[1], times)
    return time if isinstance(time, str) else _body(head[3].decode("utf-8", "replace"), time, pattern, options)


def _body(body: str, time: int, pattern: re.Pattern[str] | None, options: Mapping[str, str]) -> Event | str | None:
    if pattern is not None:
        return _own(pattern, body, time, options)
    found = _LEASE.search(body)
    if found is not None:
        return _event("release" if found[2] in {"released", "declined"} else "assign", found[1], body, time, _ids(body), options)
    found = _ADDED.search(body)
    if found is not None:
        return _event("assign", found[2], body, time, _ids(body), options)
    found = _DELETED.search(body)
    if found is not None:
        key = lease_key(found[1])
        return "bad_address" if key is None else lease_event(LOST, time, key, "", options)
    return "unknown_form" if _SPOKEN.search(body) else None


def _event(act: str, text: str, body: str, time: int, ids: Mapping[str, str], options: Mapping[str, str]) -> Event | str:
    key = lease_key(text)
    if key is None:
        return "bad_address"
    holder = holder_of(ids, options)
    if not holder:
        return "no_holder"
    if act == "release":
        return lease_event(STOP, time, key, holder, options)
    return lease_event(ALIVE, time, key, holder, options, until=_until(time, body))


def _until(time: int, body: str) -> int | None:
    found = _LONG.search(body)
    if found is None:
        return None
    days, hours, minutes, seconds = (int(g or 0) for g in found.groups())
    value = time + (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * SECOND
    return value if value < LATEST else None


def _ids(body: str) -> dict[str, str]:
    out = {}
    for name, pattern in _IDS.items():
        found = pattern.search(body)
        if found is not None:
            out[name] = found[1].lower() if name in {"hwaddr", "duid", "client-id"} else hex_text(found[1])
    return out


def _own(pattern: re.Pattern[str], body: str, time: int, options: Mapping[str, str]) -> Event | str | None:
    found = pattern.search(body)
    if found is None:
        return None
    groups = {k: v for k, v in found.groupdict().items() if v}
    ids = {name: hex_text(groups[group]) for name, group in (
        ("circuit-id", "circuit"), ("remote-id", "remote"), ("subscriber-id", "subscriber"), ("hwaddr", "hwaddr"), ("duid", "duid")) if group in groups}
    act = "release" if re.search("releas|declin|delet", groups.get("act", ""), re.IGNORECASE) else "assign"
    seconds = groups.get("seconds", "")
    text = f" for {seconds} seconds" if seconds.isdecimal() else body
    return _event(act, groups.get("address", ""), text, time, ids, options)
