"""A scenario's desk with real equipment around it, from its start to its end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sekimori.contracts.models import Contract
from sekimori.demo.live import check
from sekimori.demo.live.door import Door
from sekimori.demo.live.equipment import Equipment
from sekimori.demo.live.post import Post
from sekimori.demo.play.ways import Ways
from sekimori.settings import current, use
from sekimori.values.clock import Clock
from sekimori.work import clock as work_clock


class Live:
    """What the player uses: the ways in, and the checks."""

    def __init__(self, equipment: Equipment) -> None:
        self._equipment = equipment
        self.ways: Ways = Post(equipment)

    def members(self, contract: Contract, now: datetime) -> list[dict[str, Any]]:
        """See check.members."""
        return check.members(self._equipment, contract, now)

    def letters(self) -> dict[str, Any]:
        """See check.letters."""
        return check.letters(self._equipment)


@contextmanager
def live(clock: Clock) -> Iterator[Live]:
    """Start equipment and door for the folder of this process, and let everything in it go by the scenario's clock. Raises Missing."""
    before = current()
    equipment = Equipment(before.data)
    try:
        use(equipment.settings(before))
        work_clock.use(clock)
        door = Door(current(), clock, equipment.door)
        try:
            yield Live(equipment)
        finally:
            door.close()
    finally:
        work_clock.use(None)
        use(before)
        equipment.close()
