"""Wire the stages to a runner: the only place that knows them all."""

from __future__ import annotations

from sekimori.enforcement.models import Switch
from sekimori.enforcement.stages import ensure_pulse
from sekimori.flow.stages import stages
from sekimori.ledger.service import write
from sekimori.values.clock import Clock
from sekimori.work.clock import shared
from sekimori.work.runner import Runner


def halted() -> bool:
    """Tell whether the desk is halted: no notice or measure leaves."""
    return Switch.objects.filter(name="halt", on=True).exists()


def runner(clock: Clock | None = None) -> Runner:
    """Return a runner over all stages; `clock` is the database's unless given (scenarios, tests).

    With the real clock the own sensor begins to look; scenarios have it look when a submission is told.
    """
    if clock is None:
        ensure_pulse(shared().now())
    return Runner(stages=stages(), clock=clock or shared(), record=write, paused=halted)


def run_until_idle(clock: Clock | None = None) -> int:
    """Run all stages until nothing is due at the clock's present instant; returns the rows claimed."""
    return runner(clock).until_idle()
