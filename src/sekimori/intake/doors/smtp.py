"""The SMTP door: for a desk that receives from the internet by itself, only for its own addresses."""

from __future__ import annotations

import asyncio
import ssl

from sekimori.intake.committer import Committer
from sekimori.intake.ours import Ours
from sekimori.intake.wire import WireReceiver
from sekimori.smtp.limits import Gauge, Limits
from sekimori.smtp.server import listen
from sekimori.values.clock import Clock


async def open_door(host: str, port: int, *, committer: Committer, ours: Ours, clock: Clock, hostname: str, limits: Limits,
                    gauge: Gauge, tls: ssl.SSLContext | None = None) -> asyncio.Server:
    """Listen for SMTP, with STARTTLS where a certificate is given. Raises OSError where the address is taken."""
    receiver = WireReceiver(committer, ours, clock, door="smtp")
    return await listen(receiver, host, port, lmtp=False, hostname=hostname, limits=limits, gauge=gauge, tls=tls)
