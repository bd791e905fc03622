"""The stage `disclosure.keep`: freezes rows within a minute of a request, and ends preservations on their day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

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
        later: dict[int, datetime] = {}

        def write() -> None:
            later.clear()
            for row in rows:
                if row.preserved_until and row.preserved_until <= ctx.now:
                    service.expire(row, ctx.now, BY)
                    continue
                if row.preserved_at is None:
                    service.preserve(row, ctx.now)
                    row.refresh_from_db()
                if row.preserved_until:
                    later[row.id] = row.preserved_until

        return Prepared(write=write, act="request.kept", subject="disclosure", detail={"requests": [r.ref for r in rows], "basis": "LEGIT_BUSINESS"}, later=later)
