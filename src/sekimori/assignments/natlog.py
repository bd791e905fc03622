"""What all NAT logs have in common: an inside holder, an outside address, ports, and a begin or an end."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from sekimori.assignments.events import Context, Event, Key, Read, Refusal
from sekimori.assignments.keys import aligned_blocks
from sekimori.assignments.syslog import NO_ZONE, Times, unwrapped
from sekimori.values.addresses import parse_address

OPTIONS = frozenset({"feed", "realm", "inside-realm", "inside-realm@", "zone", "final"})
PROTOCOLS = {b"TCP": 6, b"UDP": 17, b"ICMP": 1, b"6": 6, b"17": 17, b"1": 1}
DERIVED_US = 120_000_000
"""A stated epoch this close to the record's own time is that time, not an earlier beginning."""


def ipv4(text: bytes) -> int | None:
    """Return an IPv4 address as a number, or None. No leading zeros, no short forms."""
    parts = text.split(b".")
    if len(parts) != 4:
        return None
    value = 0
    for part in parts:
        if not part.isdigit() or len(part) > 3 or (part[0] == 48 and len(part) > 1):
            return None
        octet = int(part)
        if octet > 255:
            return None
        value = value << 8 | octet
    return value


@lru_cache(maxsize=1 << 16)
def inside_holder(inside: bytes, realm: str) -> str | None:
    """Return the second hop that an inside address names: `inside:<realm>:<address>` or `prefix:<IPv6>/128`, or None."""
    if b":" in inside:
        address = parse_address(inside.decode("ascii", "replace"))
        return f"prefix:{address}/128" if address is not None and address.version == 6 else None
    return None if ipv4(inside) is None else f"inside:{realm[:40]}:{inside.decode()}"


@lru_cache(maxsize=1 << 16)
def block_of(outside: bytes, first: int, last: int, proto: int) -> tuple[Key, ...] | None:
    """Return the keys of a range of ports of an outside address, or None where it is no address."""
    address = ipv4(outside)
    return None if address is None else tuple([Key(address << 16 | port, size, proto) for port, size in aligned_blocks(first, last)])


def event(
    act: int, time: int, inside: bytes, outside: bytes, first: int, last: int, context: Context, *, device: bytes = b"", vrf: str = "",
    proto: int = 0, began: int | None = None, seen: int | None = None,
) -> Event | str:
    """Return the event of a port block (or one port), or the code of a refusal.

    The inside realm is `inside-realm@VRF`, else `inside-realm`, else the VRF that the record states.
    """
    if not 0 <= first <= last <= 65535:
        return "bad_ports"
    options = context.options
    holder = inside_holder(inside, (options.get(f"inside-realm@{vrf}") or options.get("inside-realm") or vrf) if options else vrf)
    keys = block_of(outside, first, last, proto)
    if holder is None or keys is None:
        return "bad_address"
    if began is not None and abs(time - began) < DERIVED_US:
        began = None
    return Event(
        act, time, holder, keys, device.decode("utf-8", "replace"), f"{holder}>{keys[0].key}-{last}/{proto}", options.get("realm", ""), seen, began
    )


def read_lines(
    block: bytes, context: Context, take: Callable[[bytes, Times], Event | list[Event] | str | None], times: Times | None = None
) -> Read:
    """Call `take` for each line: it returns an event or events, the code of a refusal, or None for a line of something else."""
    times = times or Times(context)
    events: list[Event] = []
    refused: list[Refusal] = []
    count = 0
    for line in block.split(b"\n"):
        if not line:
            continue
        count += 1
        single = unwrapped(line, times)
        found = single if isinstance(single, str) else take(single[0], times)
        seen = None if isinstance(single, str) else single[1]
        if seen is not None and isinstance(found, Event | list):
            found = [e if e.seen is not None else e._replace(seen=seen) for e in (found if isinstance(found, list) else [found])]
        if isinstance(found, Event):
            events.append(found)
        elif found is None:
            context.ignored += 1
        elif isinstance(found, str):
            refused.append(Refusal(found, line))
        else:
            events += found
    if times.zone is not None:
        context.state["zone"] = times.zone
    return Read(events, refused, [], count)


def time_of(text: bytes, times: Times) -> int | str:
    """Return the time of a head, or the code of a refusal."""
    value = times.read(text)
    if value is None:
        return "bad_time"
    return "no_zone" if value == NO_ZONE else value


