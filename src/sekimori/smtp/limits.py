"""What a listening server allows, what its connections share, and who takes its mail."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from sekimori.smtp.envelope import Envelope


@dataclass(frozen=True, slots=True)
class Limits:
    """What one listening server allows. Over a limit, the answer is temporary wherever the mail could come later."""

    max_bytes: int = 30_000_000
    max_recipients: int = 100
    idle_s: float = 300.0
    """RFC 5321 §4.5.3.2.7."""
    data_s: float = 1200.0
    """Longest time for one DATA, however steadily it drips."""
    connections: int = 1000
    connections_per_peer: int = 100
    memory_bytes: int = 256_000_000
    """Octets of unfinished DATA over all connections."""


class Receiver(Protocol):
    """Who takes the mail that a server receives."""

    def recipient(self, address: str) -> str | None:
        """Return None to take mail for this recipient, or the whole reply that refuses it."""
        ...

    async def deliver(self, envelope: Envelope) -> Sequence[str]:
        """Take one message; returns one whole reply per recipient, in their order. 250 only when it is durable."""
        ...


@dataclass
class Gauge:
    """What all connections of one server share: open connections per peer, octets in memory, figures."""

    open: int = 0
    octets: int = 0
    oversize: int = 0
    """Messages refused for their size: each is a report lost, so it is counted and logged."""
    received: int = 0

    def __post_init__(self) -> None:
        self.peers: defaultdict[str, int] = defaultdict(int)
