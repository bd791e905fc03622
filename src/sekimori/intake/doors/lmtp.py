"""The LMTP door (RFC 2033): behind our own mail server, one reply per recipient."""

from __future__ import annotations

import asyncio

from sekimori.intake.committer import Committer
from sekimori.intake.ours import Ours
from sekimori.intake.wire import WireReceiver
from sekimori.smtp.limits import Gauge, Limits
from sekimori.smtp.server import listen
from sekimori.values.clock import Clock


async def open_door(host: str, port: int, *, committer: Committer, ours: Ours, clock: Clock, hostname: str, limits: Limits,
                    gauge: Gauge) -> asyncio.Server:
    """Listen for LMTP. Raises OSError where the address is taken."""
    receiver = WireReceiver(committer, ours, clock, door="lmtp")
    return await listen(receiver, host, port, lmtp=True, hostname=hostname, limits=limits, gauge=gauge)
