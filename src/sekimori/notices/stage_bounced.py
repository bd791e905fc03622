"""Stage `notices.bounced`: a delivery notice about one of our own notices tells what became of it."""

from __future__ import annotations

from collections.abc import Sequence

from sekimori.bounces.models import NoticeBounce
from sekimori.notices import service
from sekimori.notices.models import Notice
from sekimori.values.actors import Actor
from sekimori.work.stage import Context, Prepared

BY = Actor("stage", "notices.bounced")
FAILED = frozenset({"failed"})
ARRIVED = frozenset({"delivered", "relayed", "expanded"})
"""RFC 3464 §2.3.3. `relayed`: the recipient's own server took it over and sends no such notices itself."""
NOT_BELIEVED = frozenset({"fake", "backscatter", "not_a_bounce"})


class BouncedStage:
    """Marks notices delivered or undelivered; an undelivered one goes on over the next channel.

    The token of the envelope names the notice; a Message-ID alone is not believed. Whoever got the letter knows the token
    too, so the worst that a forged bounce can do is to have the same letter sent over the next channel.
    """

    name = "notices.bounced"
    model = NoticeBounce
    where = ""
    acts_on_persons = True

    def work(self, ids: Sequence[int], ctx: Context) -> Prepared:
        """Match by token outside the transaction; report inside it."""
        rows = list(NoticeBounce.objects.filter(id__in=ids).order_by("due_at", "id"))
        refs = dict(Notice.objects.filter(audience="member", reply_token__in=[r.token for r in rows if r.token]).values_list("reply_token", "ref"))
        known = [(refs[r.token], r) for r in rows if r.token in refs and r.provenance not in NOT_BELIEVED]

        def write() -> None:
            for ref, row in known:
                if row.action in FAILED:
                    service.undelivered(ref, row.at, BY)
                elif row.action in ARRIVED:
                    service.delivered(ref, row.at, "", BY)

        return Prepared(write, act="notice.bounced", subject=f"batch:{len(rows)}", detail={
            "rows": len(rows), "known": len(known), "failed": sum(r.action in FAILED for _, r in known),
            "arrived": sum(r.action in ARRIVED for _, r in known)})
