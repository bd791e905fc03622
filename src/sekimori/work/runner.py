"""The worker: stages take turns, batches grow and shrink, waking is only a hint.

Rows are the truth; a worker that dies loses nothing but the time until its leases run out.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.db import Error as DatabaseError
from django.db import close_old_connections

from sekimori.values.clock import Clock
from sekimori.work import batch, clockmark
from sekimori.work.stage import Record, Stage

log = logging.getLogger("sekimori.work")
FIRST_BATCH, MOST = 50, 500
BUSY_S, IDLE_S = 0.2, 1.0


@dataclass(slots=True)
class Runner:
    """Runs stages until told to stop.

    `paused` tells whether stages that act on persons must wait (the desk is halted); it is asked before every batch.
    """

    stages: Sequence[Stage]
    clock: Clock
    record: Record
    paused: Callable[[], bool] = lambda: False
    sizes: dict[str, int] = field(default_factory=dict)
    lanes: dict[str, int] = field(default_factory=dict)

    def turn(self) -> int:
        """Give every stage one batch; returns how many rows were claimed. Counts of done rows are in the ledger."""
        claimed = 0
        for stage in self.stages:
            if stage.acts_on_persons and (clockmark.observe(self.clock.now()) or self.paused()):
                continue
            size = self.sizes.get(stage.name, FIRST_BATCH)
            out = batch.run(stage, self.clock, self.record, size, self.lanes.get(stage.name, -1))
            claimed += out.claimed
            if out.claimed:
                self.lanes[stage.name] = out.last_lane
                self.sizes[stage.name] = resize(size, out.claimed, out.seconds)
        return claimed

    def until_idle(self) -> int:
        """Take turns until nothing is due at the clock's present instant; returns the rows claimed in all."""
        total = 0
        while True:
            claimed = self.turn()
            if not claimed:
                return total
            total += claimed

    def forever(self, stop: threading.Event, wait: Callable[[float], None] | None = None) -> None:
        """Take turns until `stop` is set; a database that is away is waited for."""
        pause = wait or stop.wait
        delay = BUSY_S
        while not stop.is_set():
            try:
                close_old_connections()
                delay = BUSY_S if self.turn() else IDLE_S
            except DatabaseError as e:
                log.warning("work.database_away %s", e)
                delay = min(delay * 2, 30.0)
            pause(0 if delay == BUSY_S else delay)


def resize(size: int, claimed: int, seconds: float) -> int:
    """Return the next batch size: doubled under 1 s when it was full, halved over 5 s, within 1…500. Pure."""
    if seconds > 5:
        return max(1, size // 2)
    if seconds < 1 and claimed >= size:
        return min(MOST, size * 2)
    return size
