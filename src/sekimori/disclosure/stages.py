"""The stage `disclosure.keep`: freezes rows within a minute of a request, and ends preservations on their day."""

from __future__ import annotations

from collections.abc import Sequence

from sekimori.disclosure import service
from sekimori.disclosure.models import Request
from sekimori.values.actors import Actor
from sekimori.work import clockmark
from sekimori.work.stage import Context, Prepared

BY = Actor("stage", "disclosure.keep")


class KeepStage:
    """Reads due Request rows. Freezing reads protected data: the ledger entry of the batch stands for it, with its basis."""

    name = "disclosure.keep"
    model = Request
    where = ""

    @property
    def acts_on_persons(self) -> bool:
        """Waits while the clock is in doubt: nothing that is kept ends early, and no log is deleted meanwhile (cli.retention)."""
        return clockmark.in_doubt()

    def work(self, ids: Sequence[int], ctx: Context) -> Prepared:
        """Freeze what is new, expire what is over, and leave the rest due on the day it ends."""
        rows = list(Request.objects.filter(id__in=ids))
        over = {r.id for r in rows if r.preserved_until is not None and r.preserved_until <= ctx.now}
        ends = {r.id: r.preserved_until or service.preserved_until(r, ctx.now) for r in rows if r.id not in over}
        later = {row: end for row, end in ends.items() if end is not None}  # known before `write`: what is not named here is done for ever

        def write() -> None:
            for row in rows:
                if row.id in over:
                    service.expire(row, ctx.now, BY)
                elif row.preserved_at is None:
                    service.preserve(row, ctx.now)

        return Prepared(write=write, act="request.kept", subject="disclosure", detail={"requests": [r.ref for r in rows], "basis": "LEGIT_BUSINESS"}, later=later)
