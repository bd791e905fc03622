"""The 64-bit lookup key of every source, and the exact keys to ask for an address.

K = address << 16 | first port for IPv4 (whole address: port 0), the top 64 bits of the delegated prefix for IPv6. A
question is a few exact keys, one per block size and prefix length in use, never a range scan. Prefixes longer than /64
(single addresses of DHCPv6) use a hash of the prefix instead: two members may share one /64.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from sekimori.assignments.types import Probe
from sekimori.values.addresses import Address, Prefix

_TOP64 = (1 << 64) - 1


def key_v4(address: IPv4Address | int, first_port: int = 0) -> int:
    """Return K of an IPv4 address, or of its port block that begins at `first_port`."""
    return int(address) << 16 | first_port


def key_v6(address: IPv6Address | int, length: int) -> int:
    """Return K of the IPv6 prefix of this length that holds `address`."""
    value = int(address)
    if length <= 64:
        return (value >> 64) & (_TOP64 << (64 - length)) & _TOP64
    value = value >> (128 - length) << (128 - length)
    return int.from_bytes(hashlib.blake2b(value.to_bytes(16, "big"), digest_size=8).digest(), "big")


def key_of(prefix: Prefix) -> tuple[int, int]:
    """Return (K, size) of a whole IPv4 address or an IPv6 prefix.

    Raises ValueError for an IPv4 prefix shorter than /32: those are stored address by address.
    """
    if isinstance(prefix, IPv4Network):
        if prefix.prefixlen != 32:
            raise ValueError("an IPv4 prefix is stored address by address")
        return key_v4(prefix.network_address), 0
    return key_v6(prefix.network_address, prefix.prefixlen), prefix.prefixlen


def aligned_blocks(first: int, last: int) -> list[tuple[int, int]]:
    """Return a port range (ends included) as aligned power-of-two blocks (first port, size), at most 2·log2 n of them.

    A block of all 65,536 ports is size 0, the whole address.
    """
    if first == 0 and last == 65535:
        return [(0, 0)]
    out = []
    while first <= last:
        size = (first & -first) or 65536
        while size > last - first + 1:
            size >>= 1
        out.append((first, size))
        first += size
    return out


def block_keys(address: IPv4Address, first: int, last: int) -> list[tuple[int, int]]:
    """Return (K, size) for every aligned piece of a port range of an IPv4 address."""
    return [(key_v4(address, port), size) for port, size in aligned_blocks(first, last)]


def session_hash(*parts: str) -> int:
    """Return a signed 64-bit hash (never 0) that stands for a session or line in the tables."""
    digest = hashlib.blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True) or 1


def probes_for(
    address: Address, port: int | None, sizes: Iterable[int], lo: int, hi: int, *, realm: str = "", proto: int = 0
) -> list[Probe]:
    """Return the probes that together find every row of `address` (and `port`) touching [lo, hi].

    `sizes` are the sizes in use in the realm and family (`Store.sizes`): block sizes for IPv4, prefix lengths for
    IPv6. Without a port, only rows of the whole address can be asked for.
    """
    value = int(address)
    if isinstance(address, IPv4Address):
        base = value << 16
        return [
            Probe(realm, base | (port // size * size if size and port is not None else 0), lo, hi, size, proto)
            for size in sizes
            if not size or port is not None
        ]
    return [Probe(realm, key_v6(value, length), lo, hi, length, proto) for length in sizes]


def probes_for_prefix(prefix: IPv6Network, lengths: Iterable[int], lo: int, hi: int, *, realm: str = "") -> list[Probe]:
    """Return the probes for a computed IPv6 prefix (MAP-E, lw4o6): the prefixes covering it, and those of the same beginning.

    A line that got its /64 by router advertisement is stored as a /64; the rule computes the /56 that it begins.
    """
    base = int(prefix.network_address)
    return [Probe(realm, key_v6(base, length), lo, hi, length) for length in lengths]
