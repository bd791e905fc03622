"""IP addresses as a family and 16 bytes; special ranges; addresses hidden inside addresses; port ranges.

An address is the standard library's `IPv4Address | IPv6Address`, after `normalise`: IPv4-mapped IPv6 becomes IPv4,
a scope id is refused. The 16 bytes are `::ffff:a.b.c.d` for IPv4, so both families sort in one column.
"""

from __future__ import annotations

import ipaddress
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

Address = IPv4Address | IPv6Address
Prefix = IPv4Network | IPv6Network

_DOCUMENTATION = [ipaddress.ip_network(p) for p in
                  ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "3fff::/20")]
_BENCHMARK = [ipaddress.ip_network(p) for p in ("198.18.0.0/15", "2001:2::/48")]
_SHARED = ipaddress.ip_network("100.64.0.0/10")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_TEREDO = ipaddress.ip_network("2001::/32")
_SIXTOFOUR = ipaddress.ip_network("2002::/16")
_DIGITS = frozenset("0123456789")


def parse_address(text: str) -> Address | None:
    """Return the address written in `text`, normalised, or None where it is none.

    Accepts only what `ipaddress` accepts (no octal, hex or short forms, which tools read differently), without
    scope id; brackets around IPv6 and the `IPv6:` tag of RFC 5321 §4.1.3 are taken off.
    """
    text = text.strip()
    if text[:1] == "[" and text[-1:] == "]":
        text = text[1:-1]
    if text[:5].lower() == "ipv6:":
        text = text[5:]
    if (text[:1] not in _DIGITS and ":" not in text) or "%" in text or "/" in text or not text.isascii():
        return None
    try:
        # Told apart by the colon: `ip_address` tries both families, and most words asked for are names, no addresses.
        return normalise(IPv6Address(text)) if ":" in text else IPv4Address(text)
    except ValueError:
        return None


def normalise(address: Address) -> Address:
    """Return IPv4-mapped IPv6 as IPv4, everything else unchanged (RFC 4291 §2.5.5.2)."""
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def parse_prefix(text: str) -> Prefix:
    """Return the prefix written in `text` (`a.b.c.d/n`, or an address as its /32 or /128).

    Raises ValueError with a plain sentence where it is none or has host bits set.
    """
    network = ipaddress.ip_network(text.strip(), strict=True)
    if isinstance(network, IPv6Network) and network.network_address.ipv4_mapped is not None:
        if network.prefixlen < 96:
            raise ValueError(f"{text} mixes address families")
        return IPv4Network((int(network.network_address.ipv4_mapped), network.prefixlen - 96))
    return network


def packed(address: Address) -> bytes:
    """Return the 16 bytes of an address (IPv4 as IPv4-mapped IPv6)."""
    if isinstance(address, IPv4Address):
        return b"\x00" * 10 + b"\xff\xff" + address.packed
    return address.packed


def special(address: Address) -> str:
    """Return why an address is special: `private documentation benchmark shared loopback link_local multicast
    unspecified reserved`, or "" for an ordinary public one (IANA special-purpose registries).
    """
    if any(address in n for n in _DOCUMENTATION if n.version == address.version):
        return "documentation"
    if any(address in n for n in _BENCHMARK if n.version == address.version):
        return "benchmark"
    if address.version == 4 and address in _SHARED:
        return "shared"
    for name in ("loopback", "link_local", "multicast", "unspecified"):
        if getattr(address, "is_" + name):
            return name
    if address.is_private:
        return "private"
    return "reserved" if address.is_reserved and embedded(address) is None else ""


def embedded(address: Address) -> tuple[str, IPv4Address, int | None] | None:
    """Return (`teredo|6to4|nat64`, IPv4 address inside, port or None), or None.

    Teredo: RFC 4380 §4 (client address and port are stored inverted); 6to4: RFC 3056 §2; NAT64: RFC 6052 §2.1,
    well-known prefix only.
    """
    if not isinstance(address, IPv6Address):
        return None
    if address in _TEREDO:
        raw = int(address)
        return "teredo", IPv4Address(~raw & 0xFFFFFFFF), (~raw >> 32) & 0xFFFF
    if address in _SIXTOFOUR:
        return "6to4", IPv4Address((int(address) >> 80) & 0xFFFFFFFF), None
    if address in _NAT64:
        return "nat64", IPv4Address(int(address) & 0xFFFFFFFF), None
    return None


def parse_ports(text: str) -> list[tuple[int, int]]:
    """Return the port ranges of `a-b[,c-d…]` (ends included), sorted; "" means all ports and gives [].

    Raises ValueError for anything that is no such list.
    """
    out: list[tuple[int, int]] = []
    for piece in filter(None, (p.strip() for p in text.split(","))):
        lo, _, hi = piece.partition("-")
        if not lo.isdecimal() or (hi and not hi.isdecimal()):
            raise ValueError(f"{piece!r} is no port range")
        a, b = int(lo), int(hi or lo)
        if not 0 <= a <= b <= 65535:
            raise ValueError(f"{piece!r} is no port range")
        out.append((a, b))
    return sorted(out)
