"""The stage that opens cases."""

from __future__ import annotations

from collections.abc import Sequence

from sekimori.attribution.models import Attribution
from sekimori.cases import batch, frozen, ignore, store, unread
from sekimori.work.stage import Context, Prepared


class OpenStage:
    """Take answers about contracts; file the certain ones with their case. What is frozen goes to a person."""

    name = "cases.open"
    model = Attribution
    where = ""
    acts_on_persons = False

    def work(self, ids: Sequence[int], ctx: Context) -> Prepared:
        """File each answer, in order of receipt; one ledger entry for the batch."""
        rows = list(Attribution.objects.filter(id__in=ids).select_related("finding__report__message", "finding__report__reporter", "contract").order_by(
            "finding__report__received_at", "id"))
        detail: dict[str, int] = {"answers": len(rows)}

        def write() -> None:
            stopped = frozen.in_force()
            ignoring = ignore.rules(ctx.now)
            at_once, nowhere = batch.sort(rows)
            together: list[tuple[Attribution, str]] = []
            done: list[Attribution] = []
            waiting, ignored = 0, 0
            for row in rows:
                source = frozen.source_of(row)
                if row.contract_id is not None and stopped.stops(row.how, row.proof, frozen.event_of(row)):
                    frozen.ask(row, ctx.now)
                    waiting += 1
                elif rule := ignore.matched(row, ignoring):
                    ignore.count(rule)
                    ignored += 1
                elif row.pk in at_once:
                    together.append((row, source))
                    done.append(row)
                elif row.pk not in nowhere and store.file(row, source, ctx.now) is not None:
                    done.append(row)
            batch.file_all(together, ctx.now)
            for row in done:
                reason = unread.why(row)
                if reason:
                    unread.ask(row, reason, ctx.now)
            detail.update(filed=len(done), frozen=waiting, ignored=ignored)

        return Prepared(write=write, act="cases.filed", subject=self.name, detail=detail)
