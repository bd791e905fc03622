"""Stage `notices.members`: a Letter row becomes a Notice."""

from __future__ import annotations

from collections.abc import Sequence

from sekimori.enforcement.models import Letter
from sekimori.notices import flooding
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
        before = _before(letters)
        wanted = [x for x in letters if not lapsed(x) and _wants(before[x.ref])]
        judged = flooding.judge([x for x in wanted if not before[x.ref]], ctx.now)
        wanted = [x for x in wanted if x.pk not in judged.held]
        writer = Writer.of(current())
        found = writer.holders(wanted, ctx.now)
        failed: dict[int, str] = {}
        written: list[tuple[Letter, Notice]] = []
        for letter in wanted:
            try:
                written.append((letter, writer.write(letter, found.get(letter.case.contract_id), ctx.now, before[letter.ref])))
                written[-1][1].source = judged.source.get(letter.pk, "")
            except Refused as e:
                failed[letter.pk] = str(e)

        def write() -> None:
            now = _before([x for x, _ in written])
            Notice.objects.bulk_create([n for x, n in written if now[x.ref] == before[x.ref]])
            judged.keep(ctx.now)
            for letter, _ in written:
                if letter.kind == "apology":
                    recall(letter)

        return Prepared(write, act="notice.written", subject=f"batch:{len(written)}", failed=failed, held=list(judged.held),
                        detail={"notices": len(written), "rehearsal": sum(x.rehearsal for x, _ in written),
                                "passed_over": len(letters) - len(wanted) - len(judged.held)}
                        | ({"flood": sorted(set(judged.held.values())), "held": len(judged.held)} if judged.held else {}))


def _before(letters: Sequence[Letter]) -> dict[str, dict[str, str]]:
    """Return, for each letter, the channels of its notices so far and what became of them."""
    found: dict[str, dict[str, str]] = {x.ref: {} for x in letters}
    for ref, channel, state in Notice.objects.filter(letter__in=list(found)).values_list("letter", "channel", "state"):
        found[ref][channel] = state
    return found


def _wants(tried: dict[str, str]) -> bool:
    """Tell whether a letter needs a notice: none yet, or all came back and an officer does not have it already."""
    return "manual" not in tried and all(state == "undelivered" for state in tried.values())


def recall(letter: Letter) -> None:
    """Call back the notices named in an apology's detail: what has not left yet never leaves."""
    refs = [str(r) for r in letter.detail.get("recall", ())]
    notices = Notice.objects.filter(case=letter.case, ref__in=refs)
    notices.filter(work=DUE).update(work=DONE)
    notices.update(state="recalled")
