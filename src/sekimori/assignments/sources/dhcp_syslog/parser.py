"""What DHCP servers write to syslog: ISC dhcpd, Kea's server log, dnsmasq. For those who keep no lease history otherwise.

A line of dhcpd or dnsmasq states no lifetime (unless dhcpd says `lease-duration`): give `--set lifetime=SECONDS`, else a lease is certain at its
renewals only and open in between. The answer to DHCPINFORM (`DHCPACK to …`) is no lease. Option 82 is in none of these: the holder is the
client's hardware address or DUID.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from sekimori.assignments.events import ALIVE, STOP, Context, Event, Read
from sekimori.assignments.leases import OPTIONS as LEASE_OPTIONS
from sekimori.assignments.leases import holder_of, lease_event, lease_key
from sekimori.assignments.natlog import read_lines, time_of
from sekimori.assignments.stamps import LATEST, SECOND
from sekimori.assignments.syslog import HEAD, Times

OPTIONS = LEASE_OPTIONS | {"lifetime"}
_HEAD = re.compile(HEAD + rb" ")
_MAC = rb"([0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){3,19})"
_LONG = re.compile(rb"(?:lease-duration|valid for|allocated for) (\d{1,10})\b")
_FORMS: tuple[tuple[int, re.Pattern[bytes]], ...] = (
    (ALIVE, re.compile(rb"DHCPACK on (?P<address>[0-9.]{7,15}) to " + _MAC.replace(b"(", b"(?P<hwaddr>", 1))),
    (ALIVE, re.compile(rb"DHCPACK\([^()\s]{1,40}\) (?P<address>[0-9.]{7,15}) " + _MAC.replace(b"(", b"(?P<hwaddr>", 1))),
    (STOP, re.compile(rb"DHCPRELEASE of (?P<address>[0-9.]{7,15}) from " + _MAC.replace(b"(", b"(?P<hwaddr>", 1) + rb"[^\n]{0,200}\(found\)")),
    (STOP, re.compile(rb"DHCPRELEASE\([^()\s]{1,40}\) (?P<address>[0-9.]{7,15}) " + _MAC.replace(b"(", b"(?P<hwaddr>", 1))),
    (ALIVE, re.compile(rb"Reply (?:NA|PD|TA): address (?P<address>[0-9A-Fa-f:.]{2,45}(?:/\d{1,3})?) to client with duid (?P<duid>[0-9A-Fa-f:]{5,400})")),
    (ALIVE, re.compile(rb"DHCP4_LEASE_(?:ALLOC|REUSE)D? \[hwtype=\d{1,3} (?P<hwaddr>[0-9A-Fa-f:]{5,60})\][^\n]{0,600}: lease (?P<address>[0-9.]{7,15}) has been ")),
    (STOP, re.compile(rb"DHCP4_RELEASE \[hwtype=\d{1,3} (?P<hwaddr>[0-9A-Fa-f:]{5,60})\][^\n]{0,600}: address (?P<address>[0-9.]{7,15}) was released")),
    (ALIVE, re.compile(rb"DHCP6_(?:PD_)?LEASE_(?:ALLOC|RENEW|REUSE)D? duid=\[(?P<duid>[0-9A-Fa-f:]{5,400})\][^\n]{0,600}: lease for (?:address|prefix) "
                       rb"(?P<address>[0-9A-Fa-f:.]{2,45}(?:/\d{1,3})?) ")),
    (STOP, re.compile(rb"DHCP6_RELEASE_(?:NA|PD) duid=\[(?P<duid>[0-9A-Fa-f:]{5,400})\][^\n]{0,600}: binding for (?:address|prefix) "
                      rb"(?P<address>[0-9A-Fa-f:.]{2,45}(?:/\d{1,3})?) ")),
)
_SPOKEN = re.compile(rb"DHCPACK(?! to )|DHCPRELEASE|Reply (?:NA|PD|TA):|DHCP[46]_(?:PD_)?(?:LEASE_ALLOC\b|RELEASE(?:_NA|_PD)? )")
_IDLE = re.compile(rb"\(not found\)|DHCPACK\([^()\s]{1,40}\) \S{7,15}\Z")


def parse(block: bytes, context: Context) -> Read:
    """Read lines; those of other steps of DHCP and of other programs are ignored."""

    def take(line: bytes, times: Times) -> Event | list[Event] | str | None:
        if b"DHCP" not in line and b"Reply " not in line:
            return None
        for act, form in _FORMS:
            found = form.search(line)
            if found is not None:
                return _event(act, found.groupdict(), line, times, context.options)
        return None if _IDLE.search(line) or not _SPOKEN.search(line) else "bad_line"

    return read_lines(block, context, take)


def _event(act: int, found: Mapping[str, bytes], line: bytes, times: Times, options: Mapping[str, str]) -> Event | str:
    head = _HEAD.match(line)
    if head is None:
        return "bad_line"
    time = time_of(head[1], times)
    if isinstance(time, str):
        return time
    key = lease_key(found["address"].decode("ascii"))
    if key is None:
        return "bad_address"
    ids = {name: found[group].decode("ascii").lower() for name, group in (("hwaddr", "hwaddr"), ("duid", "duid")) if group in found}
    holder = holder_of(ids, options)
    if not holder:
        return "no_holder"
    device = head[2].decode("utf-8", "replace")
    if act == STOP:
        return lease_event(STOP, time, key, holder, options, device=device)
    long = _LONG.search(line)
    text = long[1].decode() if long else options.get("lifetime", "")
    until = time + int(text) * SECOND if text.isdecimal() and len(text) < 11 else None
    return lease_event(ALIVE, time, key, holder, options, until=until if until is not None and until < LATEST else None, device=device)
