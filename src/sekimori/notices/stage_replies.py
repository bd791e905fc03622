"""Stage `notices.replies`: mail to the token of one of our notices is filed with it. Never mined for findings."""

from __future__ import annotations

from collections.abc import Sequence

from sekimori.enforcement import member
from sekimori.evidence import store
from sekimori.intake.models import Message
from sekimori.intake.own import cut
from sekimori.mime import read
from sekimori.notices.models import Notice, Reply
from sekimori.reports.models import Review
from sekimori.values.outcomes import Refused
from sekimori.values.text import storable
from sekimori.work.stage import Context, Prepared

TEXT_MOST = 20_000


class ReplyStage:
    """Files replies: a member's becomes a statement in the case, a reporter's waits for a person beside its report.

    Who holds the token was written to; nothing else in the mail is believed. An automatic reply is filed, but says nothing.
    """

    name = "notices.replies"
    model = Message
    where = "route = 'reply'"
    acts_on_persons = False

    def work(self, ids: Sequence[int], ctx: Context) -> Prepared:
        """Read the texts outside the transaction; a token that we do not know goes to a person."""
        messages = list(Message.objects.filter(id__in=ids).order_by("due_at", "id"))
        notices = {n.reply_token: n for n in Notice.objects.filter(
            reply_token__in=[m.token for m in messages if m.token]).select_related("case__contract")}
        texts = {m.pk: text_of(store.get(m.sha256)) for m in messages if m.token in notices}

        def write() -> None:
            Message.objects.filter(pk__in=[m.pk for m in messages]).update(state="reply")
            for message in messages:
                notice = notices.get(message.token)
                if notice is None:
                    _review(message, "reply_unknown_token", ctx)
                    continue
                Reply.objects.bulk_create(
                    [Reply(message=message, notice=notice, text=texts[message.pk], at=message.received_at)], ignore_conflicts=True)
                if message.auto:
                    continue
                if notice.audience != "member" or notice.case is None:
                    _review(message, f"{notice.audience}_reply", ctx)
                    continue
                try:
                    member.statement(notice.case.contract, texts[message.pk], ctx.now)
                except Refused:
                    _review(message, "reply_without_case", ctx)

        return Prepared(write, act="notice.reply", subject=f"batch:{len(messages)}",
                        detail={"replies": len(messages), "unknown": sum(m.token not in notices for m in messages)})


def text_of(raw: bytes) -> str:
    """Return what a reply says: its first text part, without quoted copies of our own notice, at most 20,000 characters."""
    for part in read(raw).walk():
        if part.type.startswith("text/") and not part.is_attachment:
            return storable(cut(part.plain).text.strip().rstrip("> \n"), TEXT_MOST)
    return ""


def _review(message: Message, reason: str, ctx: Context) -> None:
    Review.objects.create(message=message, group=(message.token or message.sha256)[:64], reason=reason, opened_at=ctx.now)
