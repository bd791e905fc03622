"""Run a small asyncio server until it is told to end."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable


def run_until_signal(start: Callable[[], Awaitable[asyncio.Server]]) -> None:
    """Start a server and serve until SIGTERM or SIGINT. Raises what `start` raises (OSError: the address is taken)."""

    async def main() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        async with await start():
            await stop.wait()

    asyncio.run(main())
