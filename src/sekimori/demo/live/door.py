"""The desk's real LMTP door with the scenario's clock: what `sekimori intake serve` opens, in a thread of this process."""

from __future__ import annotations

import asyncio
import threading

from sekimori.demo.servers.loopback import NotStarted, free_port
from sekimori.intake.serve import Doors, serve
from sekimori.settings import Settings
from sekimori.values.clock import Clock

START_S, STOP_S = 20.0, 20.0


class Door:
    """Receives on `port` of loopback until `close`. Raises NotStarted where it does not open."""

    def __init__(self, settings: Settings, clock: Clock, port: int | None = None) -> None:
        self.port = port or free_port()
        self._settings, self._clock = settings, clock
        self._opened = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="door", daemon=True)
        self._thread.start()
        if not self._opened.wait(START_S):
            raise NotStarted("the LMTP door did not open")

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        await serve(Doors(lmtp=("127.0.0.1", self.port)), settings=self._settings, clock=self._clock, started=self._opened, stop=self._stop)

    def close(self) -> None:
        """Take nothing more and end."""
        if self._loop is not None and self._stop is not None:
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(STOP_S)
