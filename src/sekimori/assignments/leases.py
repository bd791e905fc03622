"""What DHCP sources have in common: who holds a lease, in the words that `circuits load` uses, and its event."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Address, IPv6Address, IPv6Network

from sekimori.assignments.events import Event, Key
from sekimori.assignments.keys import key_v4, key_v6
from sekimori.values.addresses import parse_address, parse_prefix

ORDER = ("subscriber-id", "circuit-id", "remote-id", "interface-id", "hwaddr", "duid", "client-id")
"""Which of a lease's identifiers names the line, where `--set key=` does not say it: the access network's before the client's."""
INFINITE = 0xFFFFFFFF
OPTIONS = frozenset({"feed", "realm", "zone", "key", "final"})


def holder_of(ids: Mapping[str, str], options: Mapping[str, str]) -> str:
    """Return `circuit:…`, or "" where no identifier is there. `key=a+b` joins two with `/`, both needed."""
    wanted = options.get("key", "")
    if wanted:
        values = [ids.get(name, "") for name in wanted.split("+")]
        return f"circuit:{'/'.join(values)}" if all(values) else ""
    return next((f"circuit:{ids[name]}" for name in ORDER if ids.get(name)), "")


def hex_text(text: str) -> str:
    """Return an identifier in hexadecimal as people write it: its text where that is printable ASCII, else `aa:bb:…`."""
    digits = text.removeprefix("0x").replace(":", "").replace("-", "").lower()
    if not digits or len(digits) % 2 or len(digits) > 510 or any(c not in "0123456789abcdef" for c in digits):
        return text.strip()[:255]
    raw = bytes.fromhex(digits)
    if len(raw) > 2 and all(32 < b < 127 for b in raw):
        return raw.decode("ascii")
    return raw.hex(":")


def lease_key(text: str) -> Key | None:
    """Return the key of a leased address (`a.b.c.d`, IPv6 address) or delegated prefix, or None where it is none."""
    if "/" in text:
        try:
            prefix = parse_prefix(text)
        except ValueError:
            return None
        return Key(key_v6(prefix.network_address, prefix.prefixlen), prefix.prefixlen) if isinstance(prefix, IPv6Network) else None
    address = parse_address(text)
    if isinstance(address, IPv4Address):
        return Key(key_v4(address)) if int(address) else None
    return Key(key_v6(address, 128), 128) if isinstance(address, IPv6Address) else None


def lease_event(
    act: int, time: int, key: Key, holder: str, options: Mapping[str, str], *, until: int | None = None, began: int | None = None, device: str = ""
) -> Event:
    """Return the event of a lease. Its session is its holder on its address: DHCP knows no other."""
    session = f"{holder}@{key.key}/{key.size}" if holder else ""
    return Event(act, time, holder, (key,), device, session, options.get("realm", "")[:40], None, began, until)
