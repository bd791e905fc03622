"""MAP-E and lw4o6: from a public IPv4 address and port to the member's IPv6 prefix (RFC 7597 §5, RFC 7596). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Network


@dataclass(frozen=True, slots=True)
class MapRule:
    """A Basic Mapping Rule: Rule IPv6 prefix, Rule IPv4 prefix, length of the EA bits, offset of the PSID."""

    ipv6: IPv6Network
    ipv4: IPv4Network
    ea_length: int
    psid_offset: int = 6

    def __post_init__(self) -> None:
        """Raise ValueError where the lengths do not fit together."""
        if not 0 <= self.ea_length <= 48 or not 0 <= self.psid_offset <= 15:
            raise ValueError("ea_length is 0–48, psid_offset 0–15")
        if self.ea_length < self.suffix_bits:
            raise ValueError("EA bits shorter than the IPv4 suffix give whole IPv4 prefixes to a member: not an address rule")
        if self.psid_length + self.psid_offset > 16:
            raise ValueError("psid_offset and PSID together are longer than a port")
        if self.ipv6.prefixlen + self.ea_length > 64:
            raise ValueError("Rule IPv6 prefix and EA bits together are longer than 64")

    @property
    def suffix_bits(self) -> int:
        """p: bits of the IPv4 address that the EA bits carry."""
        return 32 - self.ipv4.prefixlen

    @property
    def psid_length(self) -> int:
        """q: 2^q members share one address."""
        return self.ea_length - self.suffix_bits

    @property
    def sharing(self) -> int:
        """How many members share one address."""
        return 1 << self.psid_length

    @property
    def first_usable_port(self) -> int:
        """Ports below this belong to nobody (A = 0 is excluded where the offset is not 0); 0 where all are used."""
        return 1 << (16 - self.psid_offset) if self.psid_offset and self.psid_length else 0

    def psid(self, port: int) -> int | None:
        """Return the PSID that a port belongs to, or None where it belongs to nobody."""
        if port < self.first_usable_port:
            return None
        return (port >> (16 - self.psid_offset - self.psid_length)) & (self.sharing - 1)

    def prefix(self, address: IPv4Address, psid: int) -> IPv6Network:
        """Return the end-user IPv6 prefix of a member: Rule IPv6 prefix, IPv4 suffix, PSID (RFC 7597 §5.2)."""
        length = self.ipv6.prefixlen + self.ea_length
        suffix = int(address) & ((1 << self.suffix_bits) - 1)
        value = int(self.ipv6.network_address) | (suffix << self.psid_length | psid) << (128 - length)
        return IPv6Network((value, length))

    def ports(self, psid: int) -> list[tuple[int, int]]:
        """Return the port ranges (ends included) of a PSID."""
        m = 16 - self.psid_offset - self.psid_length
        if not self.psid_length:
            return [(0, 65535)]
        tops = range(1 if self.psid_offset else 0, 1 << self.psid_offset)
        return [((a << self.psid_length | psid) << m, ((a << self.psid_length | psid) << m) + (1 << m) - 1) for a in tops]
