"""Deterministic NAT (RFC 7422 §2): the inside address by arithmetic from the outside address and port. Pure.

Ports are dealt in order: the members of the inside prefix one after another, each with `ports_per_user` ports, address by
address from the first outside address on. Ports outside `first_port … last_port` are dynamic or reserved: nobody's here.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network


@dataclass(frozen=True, slots=True)
class DetNat:
    """One pool: inside prefix, outside prefix, how the ports are dealt."""

    inside: IPv4Network
    outside: IPv4Network
    ports_per_user: int
    first_port: int = 1024
    last_port: int = 65535
    algorithm: str = "sequential"
    """`sequential`: member n has block n % k of address n // k; `striped`: address n % addresses, block n // addresses."""

    def __post_init__(self) -> None:
        """Raise ValueError where the pool cannot serve its members."""
        if not 0 <= self.first_port <= self.last_port <= 65535 or self.ports_per_user < 1:
            raise ValueError("ports are 0–65535, ports_per_user at least 1")
        if self.algorithm not in {"sequential", "striped"}:
            raise ValueError("algorithm is sequential or striped")
        if self.blocks < 1:
            raise ValueError("ports_per_user is larger than the range of ports")
        if self.blocks * self.outside.num_addresses < self.inside.num_addresses:
            raise ValueError("the outside prefix has too few ports for the inside prefix")

    @property
    def blocks(self) -> int:
        """Members per outside address."""
        return (self.last_port - self.first_port + 1) // self.ports_per_user

    def member(self, address: IPv4Address, port: int) -> IPv4Address | None:
        """Return the inside address that a port of an outside address belongs to, or None where it is nobody's."""
        if not self.first_port <= port <= self.last_port:
            return None
        block = (port - self.first_port) // self.ports_per_user
        if block >= self.blocks:
            return None
        n = int(address) - int(self.outside.network_address)
        number = n * self.blocks + block if self.algorithm == "sequential" else block * self.outside.num_addresses + n
        return self.inside[number] if 0 <= number < self.inside.num_addresses else None

    def outside_of(self, member: IPv4Address) -> tuple[IPv4Address, int, int]:
        """Return (outside address, first port, last port) of an inside address."""
        number = int(member) - int(self.inside.network_address)
        if self.algorithm == "sequential":
            n, block = divmod(number, self.blocks)
        else:
            block, n = divmod(number, self.outside.num_addresses)
        first = self.first_port + block * self.ports_per_user
        return self.outside[n], first, first + self.ports_per_user - 1

    def sharing(self, address: IPv4Address) -> int:
        """How many members share this outside address."""
        return sum(1 for b in range(self.blocks) if self.member(address, self.first_port + b * self.ports_per_user) is not None)
