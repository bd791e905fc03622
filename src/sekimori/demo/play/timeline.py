"""Move the scenario's clock step by step through every deadline, running the stages at each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import connection, models

from sekimori.demo.play.ways import Inside, Ways
from sekimori.flow.run import runner
from sekimori.values.clock import SetClock, from_micros, micros
from sekimori.work import clockmark
from sekimori.work.claim import table
from sekimori.work.models import ClockMark
from sekimori.work.runner import Runner
from sekimori.work.stage import Stage


class Timeline:
    """The scenario's clock and the desk that runs by it. `told` is called after every step with its instant; `ways` bring its mail in."""

    def __init__(self, clock: SetClock, told: Callable[[datetime], None], ways: Ways | None = None) -> None:
        self.clock, self.told, self.ways = clock, told, ways or Inside()
        self.runner: Runner = runner(clock)
        self.stages = list(self.runner.stages)
        self.offset = timedelta(0)

    def move(self, at: datetime) -> None:
        """Let the clock go on to `at`, stopping at every deadline on the way. The desk is idle before and after."""
        until = at + self.offset
        while (due := self.next_due()) is not None and due <= until:
            self._set(due)
            self.run()
        self._set(until)

    def run(self) -> None:
        """Run the stages until nothing is due at the clock's present instant."""
        while waiting := self._waiting():
            self.runner.stages = waiting
            if not self.runner.turn():
                break
        self.told(self.clock.now())

    def _waiting(self) -> list[Stage]:
        """Return the stages that have a due row: a scenario of thousands of steps cannot ask each stage at each step."""
        now = micros(self.clock.now())
        asks = [f"SELECT {n} WHERE EXISTS (SELECT 1 FROM {table(s.model)} WHERE work = 'due' AND due_at <= {now}"  # noqa: S608 - names are ours, the number too
                + (f" AND ({s.where})" if s.where else "") + ")" for n, s in enumerate(self.stages)]
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(asks))
            found = {row[0] for row in cursor.fetchall()}
        return [s for n, s in enumerate(self.stages) if n in found]

    def jump(self, by: timedelta) -> None:
        """Break the clock on purpose: it goes wrong by so much, and nobody tells the desk."""
        self.offset += by
        self.clock.at += by
        clockmark.observe(self.clock.now())  # as every worker does before each of its turns
        self.run()

    def next_due(self) -> datetime | None:
        """Return the earliest instant after now at which some row of some stage is due."""
        now = micros(self.clock.now())
        tables: dict[str, type[models.Model]] = {table(s.model): s.model for s in self.stages}
        sql = " UNION ALL ".join(f"SELECT MIN(due_at) FROM {name} WHERE work = 'due' AND due_at > {now}" for name in sorted(tables))  # noqa: S608 - names are ours, the number too
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT MIN(m) FROM ({sql}) AS t(m)" if connection.vendor == "postgresql" else f"WITH t(m) AS ({sql}) SELECT MIN(m) FROM t")  # noqa: S608 - as above
            found = cursor.fetchone()[0]
        return None if found is None else from_micros(found)

    def _set(self, at: datetime) -> None:
        """Move the clock as time passes: however far a scenario skips, this is no fault of the clock."""
        self.clock.at = at
        high = micros(at)
        if not ClockMark.objects.filter(id=1, doubt="").update(high=high) and not ClockMark.objects.filter(id=1).exists():
            ClockMark.objects.create(id=1, high=high, doubt="")
