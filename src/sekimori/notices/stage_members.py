"""Stage `notices.members`: a Letter row becomes a Notice."""

from __future__ import annotations

from collections.abc import Sequence

from sekimori.enforcement.models import Letter
from sekimori.notices.letters import Writer, lapsed
from sekimori.notices.models import Notice
from sekimori.settings import current
from sekimori.values.outcomes import Refused
from sekimori.work.columns import DONE, DUE
from sekimori.work.stage import Context, Prepared


class MemberLetterStage:
    """Writes letters to members; an apology calls the notices back that it apologises for."""

    name = "notices.members"
    model = Letter
    where = ""
    acts_on_persons = True

    def work(self, ids: Sequence[int], ctx: Context) -> Prepared:
        """Render every letter of the batch outside the transaction; a text that does not render is that row's fault."""
        letters = list(Letter.objects.filter(id__in=ids).select_related("case__contract", "measure").order_by("due_at", "id"))
        wanted = [x for x in letters if not lapsed(x)]
        writer = Writer.of(current())
        found = writer.holders(wanted, ctx.now)
        failed: dict[int, str] = {}
        written: list[tuple[Letter, Notice]] = []
        for letter in wanted:
            try:
                written.append((letter, writer.write(letter, found.get(letter.case.contract_id), ctx.now)))
            except Refused as e:
                failed[letter.pk] = str(e)

        def write() -> None:
            there = set(Notice.objects.filter(letter__in=[x.ref for x, _ in written]).values_list("letter", flat=True))
            Notice.objects.bulk_create([n for x, n in written if x.ref not in there])
            for letter, _ in written:
                if letter.kind == "apology":
                    recall(letter)

        return Prepared(write, act="notice.written", subject=f"batch:{len(written)}", failed=failed,
                        detail={"notices": len(written), "rehearsal": sum(x.rehearsal for x, _ in written),
                                "lapsed": len(letters) - len(wanted)})


def recall(letter: Letter) -> None:
    """Call back the notices named in an apology's detail: what has not left yet never leaves."""
    refs = [str(r) for r in letter.detail.get("recall", ())]
    notices = Notice.objects.filter(case=letter.case, ref__in=refs)
    notices.filter(work=DUE).update(work=DONE)
    notices.update(state="recalled")
