"""The stages that decide, carry out and end measures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sekimori.cases.models import Deadline
from sekimori.cases.settling import settled
from sekimori.enforcement import carry_out, casefacts, decide, passed_on
from sekimori.enforcement.models import Measure, Pulse
from sekimori.enforcement.sensor.look import look
from sekimori.values.clock import micros
from sekimori.work import clockmark
from sekimori.work.stage import Context, Prepared

LOOK_EVERY = timedelta(seconds=15)
"""A brake is worth little when it comes minutes later."""


class DecideStage:
    """Look at cases whose deadline came: propose, approve what needs no person, void, close."""

    name = "enforcement.decide"
    model = Deadline
    where = ""
    acts_on_persons = True

    def ready(self) -> str:
        """Looks that a list still on its way has called for wait until it has settled."""
        return settled()

    def work(self, ids: Sequence[int], ctx: Context) -> Prepared:
        """Decide about each case once; the ledger entry of the batch says why not yet, for each."""
        about = casefacts.world()
        case_ids = list(dict.fromkeys(Deadline.objects.filter(id__in=ids).order_by("due_at", "id").values_list("case_id", flat=True)))
        detail: dict[str, Any] = {"cases": len(case_ids)}

        def write() -> None:
            detail["decided"] = decide.decide_all(case_ids, ctx.now, about)

        return Prepared(write=write, act="enforcement.decided", subject=self.name, detail=detail)


class SenseStage:
    """Look at the last hour's submissions (bursts and stolen passwords become findings of our own), and for restricted logins that passed on."""

    name = "enforcement.sense"
    model = Pulse
    where = ""

    @property
    def acts_on_persons(self) -> bool:
        """Waits while the clock is in doubt: what it saw then would be in the wrong hour."""
        return clockmark.in_doubt()

    def work(self, ids: Sequence[int], ctx: Context) -> Prepared:
        """Raise what alarms there are (each its own transaction), and look again soon."""
        look(ctx.now)
        passed_on.wake(ctx.now)
        return Prepared(write=lambda: None, later=dict.fromkeys(ids, ctx.now + LOOK_EVERY))


def ensure_pulse(now: datetime) -> None:
    """Have the sensor look regularly, from now on. Idempotent."""
    Pulse.objects.bulk_create([Pulse(id=1, due_at=micros(now))], ignore_conflicts=True)


class ActStage:
    """Carry out what is approved and announced, in the execution window; verify it."""

    name = "enforcement.act"
    model = Measure
    where = "state IN ('approved', 'notified')"
    acts_on_persons = True

    def work(self, ids: Sequence[int], ctx: Context) -> Prepared:
        """Check the guard once more, act on the equipment outside any transaction, then write what came of it."""
        return carry_out.run(ids, ctx, self.name)


class EndStage:
    """End what has run its period. A halted desk still lets go in time."""

    name = "enforcement.end"
    model = Measure
    where = "state IN ('executed', 'verified')"

    @property
    def acts_on_persons(self) -> bool:
        """Waits while the clock is in doubt (nothing ends early), but not while the desk is halted: letting go harms nobody."""
        return clockmark.in_doubt()

    def work(self, ids: Sequence[int], ctx: Context) -> Prepared:
        """Undo on the equipment, then write."""
        return carry_out.end(ids, ctx, self.name)
