"""Stage `notices.bounced`: what came back by mail tells that a notice arrived or did not."""

from __future__ import annotations

from collections.abc import Sequence

from sekimori.bounces.models import NoticeBounce
from sekimori.notices import service
from sekimori.notices.models import Notice
from sekimori.values.actors import Actor
from sekimori.work.stage import Context, Prepared

BY = Actor("stage", "notices.bounced")
ARRIVED = ("delivered", "relayed", "expanded")


class BouncedStage:
    """Reads NoticeBounce rows: `failed` is undelivered, `delivered` and its kin are delivered, `delayed` changes nothing.

    The token of the envelope names the notice. It is known to whoever got the letter, so the worst that a forged bounce can
    do is to have the same letter sent over the next channel: undelivered is never to the member's disadvantage.
    """

    name = "notices.bounced"
    model = NoticeBounce
    where = ""
    acts_on_persons = False

    def work(self, ids: Sequence[int], ctx: Context) -> Prepared:
        """Find the notices outside the transaction; the service records what became of them inside it."""
        rows = list(NoticeBounce.objects.filter(id__in=ids).order_by("due_at", "id"))
        notices = {n.reply_token: n for n in Notice.objects.filter(reply_token__in=[r.token for r in rows if r.token])}
        told = [(r, notices[r.token]) for r in rows if r.token in notices]

        def write() -> None:
            for row, notice in told:
                if row.action == "failed":
                    service.undelivered(notice.ref, row.at, BY)
                elif row.action in ARRIVED:
                    service.delivered(notice.ref, row.at, "", BY)

        return Prepared(write, act="notice.bounced", subject=f"batch:{len(rows)}", detail={"rows": len(rows), "known": len(told)})
