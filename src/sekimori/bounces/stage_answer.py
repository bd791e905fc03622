"""Stage `bounces.answer`: explanations leave by mail, and are forgotten once they have left."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sekimori.bounces import answering
from sekimori.bounces.models import Explained
from sekimori.intake.ours import Ours
from sekimori.settings import Settings, current
from sekimori.smtp import outgoing
from sekimori.smtp.outgoing import Rejected
from sekimori.values.outcomes import Outage, Refused
from sekimori.work.stage import Context, Prepared


class AnswerStage:
    """Sends the explanations, from the null sender and marked as automatic; the text is forgotten once it has left."""

    name = "bounces.answer"
    model = Explained
    where = "state = 'written'"
    acts_on_persons = False

    def work(self, ids: Sequence[int], ctx: Context) -> Prepared:
        """Send one by one; a row that the relay does not take now stays due."""
        settings = current()
        rows = list(Explained.objects.filter(id__in=ids).order_by("due_at", "id"))
        sent: list[int] = []
        refused: list[int] = []
        later: dict[int, datetime] = {}
        for row in rows:
            try:
                self._send(row, settings)
                sent.append(row.pk)
            except (Rejected, Refused):
                refused.append(row.pk)
            except Outage:
                later[row.pk] = ctx.now + timedelta(minutes=5)

        def write() -> None:
            Explained.objects.filter(pk__in=sent).update(state="sent", sent_at=ctx.now, to="", body="")
            Explained.objects.filter(pk__in=refused).update(state="refused", to="", body="")

        return Prepared(
            write,
            act="bounce.answered" if sent or refused else "",
            subject=f"batch:{len(rows)}",
            detail={"sent": len(sent), "refused": len(refused)},
            later=later,
        )

    def _send(self, row: Explained, settings: Settings) -> None:
        domain = settings.provider.domains[0]
        raw = answering.octets(
            answering.Letter(
                settings.provider.name_ja if row.language == "ja" else settings.provider.name_en,
                f"{settings.mail.noreply_localpart}@{domain}",
                row.to,
                row.subject,
                row.body,
                f"{row.ref.lower()}@{domain}",
                row.in_reply_to,
                row.language,
                Ours.of(settings).loop_mark(row.body),
                row.written_at,
            )
        )
        if settings.synthetic:
            folder = settings.data / "outbox"
            folder.mkdir(mode=0o700, exist_ok=True)
            (folder / f"{row.ref}.eml").write_bytes(raw)
            return
        outgoing.send(raw, mail_from="", rcpt_to=[row.to], settings=settings)
