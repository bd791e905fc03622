"""Stage `notices.bounced`: a delivery notice about one of our own notices tells what became of it."""

from __future__ import annotations

from collections.abc import Sequence

from sekimori.bounces.models import NoticeBounce
from sekimori.mailauth.batv import Tag
from sekimori.notices import service
from sekimori.notices.models import Notice
from sekimori.reports.models import Review
from sekimori.values.actors import Actor
from sekimori.work.stage import Context, Prepared

BY = Actor("stage", "notices.bounced")
FAILED = frozenset({"failed"})
ARRIVED = frozenset({"delivered", "relayed", "expanded"})
"""RFC 3464 §2.3.3. `relayed`: the recipient's own server took it over and sends no such notices itself."""
NOT_BELIEVED = frozenset({"fake", "backscatter", "not_a_bounce"})


class BouncedStage:
    """Marks notices delivered or undelivered; an undelivered one goes on over the next channel.

    Our mark in the envelope id or the token of the envelope names the notice; a Message-ID alone is not believed. Whoever
    got the letter knows the token too (it stands in Reply-To), so a forged bounce could have the same letter sent over the
    next channel, or a forged report could count as delivery: a notice that left tagged takes nothing without its tag.
    """

    name = "notices.bounced"
    model = NoticeBounce
    where = ""
    acts_on_persons = True

    def work(self, ids: Sequence[int], ctx: Context) -> Prepared:
        """Match outside the transaction; report inside it."""
        rows = list(NoticeBounce.objects.filter(id__in=ids).select_related("message").order_by("due_at", "id"))
        members = Notice.objects.filter(audience="member")
        by_token = {n.reply_token: n for n in members.filter(reply_token__in=[r.token for r in rows if r.token])}
        by_ref = {n.ref: n for n in members.filter(ref__in=[r.notice_ref for r in rows if r.notice_ref])}
        found = [(n, r) for r in rows if r.provenance not in NOT_BELIEVED and (n := by_ref.get(r.notice_ref) or by_token.get(r.token))]
        untagged = [r for n, r in found if n.tagged and not (r.notice_ref or r.tag == Tag.VALID)]
        known = [(n.ref, r) for n, r in found if r not in untagged]

        def write() -> None:
            for row in untagged:
                Review.objects.create(message=row.message, group=row.token[:64], reason="bounce_untagged", opened_at=ctx.now)
            for ref, row in known:
                if row.action in FAILED:
                    service.undelivered(ref, row.at, BY)
                elif row.action in ARRIVED:
                    service.delivered(ref, row.at, "", BY)

        return Prepared(write, act="notice.bounced", subject=f"batch:{len(rows)}", detail={
            "rows": len(rows), "known": len(known), "untagged": len(untagged), "failed": sum(r.action in FAILED for _, r in known),
            "arrived": sum(r.action in ARRIVED for _, r in known)})
