"""Stage `notices.hearings`: the member is asked about a request before a sender's data are disclosed. No case is needed for it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sekimori.contracts import holders
from sekimori.contracts.rows import HolderData
from sekimori.disclosure.hearing import spans
from sekimori.disclosure.kinds import kinds
from sekimori.disclosure.models import Hearing
from sekimori.notices import channels, environment, masking, tokens
from sekimori.notices.letters import FIELDS, marked
from sekimori.notices.models import Notice
from sekimori.settings import Settings, current
from sekimori.values.actors import Actor
from sekimori.values.basis import Basis, Purpose
from sekimori.values.clock import micros
from sekimori.values.ids import reference, token_hash
from sekimori.values.outcomes import Refused
from sekimori.work.columns import DUE, HELD
from sekimori.work.stage import Context, Prepared

BY = Actor("stage", "notices.hearings")
TEMPLATE = "disclosure_hearing"


class HearingStage:
    """Writes the letter of a hearing, on paper where there is an address; over the next channel when it came back."""

    name = "notices.hearings"
    model = Hearing
    where = ""
    acts_on_persons = True

    def work(self, ids: Sequence[int], ctx: Context) -> Prepared:
        """Render outside the transaction; a text that does not render is that row's fault."""
        rows = list(Hearing.objects.filter(id__in=ids).select_related("request__contract").order_by("due_at", "id"))
        failed: dict[int, str] = {}
        written: list[Notice] = []
        for row in rows:
            before = dict(Notice.objects.filter(request=row.request_id).values_list("channel", "state"))
            if row.answered_at is not None or "manual" in before or any(state != "undelivered" for state in before.values()):
                continue  # answered, told already, or with an officer
            try:
                written.append(letter(row, before, current(), ctx.now))
            except Refused as e:
                failed[row.pk] = str(e)

        def write() -> None:
            for notice in written:
                if not Notice.objects.filter(letter=notice.letter, channel=notice.channel).exists():
                    notice.save()

        return Prepared(write, act="notice.written", subject=f"batch:{len(written)}", failed=failed,
                        detail={"notices": len(written), "requests": [n.letter for n in written]})


def letter(row: Hearing, tried: Collection[str], settings: Settings, now: datetime) -> Notice:
    """Return the unsaved notice of a hearing over the best channel not yet `tried`; `manual` waits for an officer (held).

    Raises Refused("notices.template") where the text does not render.
    """
    request = row.request
    contract = request.contract
    assert contract is not None, "a hearing has a contract (disclosure.hearing.ask)"
    basis = Basis.SYNTHETIC if settings.synthetic else Basis.LEGIT_BUSINESS
    held = holders.read(BY, Purpose(f"request:{request.ref}", basis), [contract.pk], FIELDS, now).get(contract.pk) or HolderData()
    reach = channels.Reach(email=held.email, alt_email=held.alt_email, postal=held.postal, phone=held.phone)
    channel = channels.choose(reach, prefer="letter", tried=tried)
    language = "en" if contract.language == "en" else "ja"
    ref, folder = reference("N"), settings.data / "notices"
    subject, body, version = environment.render("disclosure/hearing", language, facts(row, ref, held.holder, language, settings),
                                                folder=folder if folder.is_dir() else None)
    whole = marked(ref, body)
    return Notice(
        ref=ref, request=request, letter=request.ref, audience="member", to=channels.address(reach, channel), channel=channel, template=TEMPLATE,
        template_version=version, language=language, subject=subject, body=whole, name_spans=masking.spans(whole, held.holder),
        message_id=f"{ref.lower()}@{settings.provider.domains[0]}", reply_token=token_hash(tokens.reply_token(tokens.key(settings), ref)),
        written_at=now, work=HELD if channel == "manual" else DUE, due_at=micros(now))


def facts(row: Hearing, ref: str, holder: str, language: str, settings: Settings) -> dict[str, object]:
    """Return everything that the text may say. Who asks is among it only where the officer recorded that it may be told."""
    request, ja = row.request, language == "ja"
    kind, window, span = kinds()[request.kind], request.window or {}, spans(request)
    return {
        "provider": settings.provider.name_ja if ja else settings.provider.name_en, "holder": holder, "ref": ref, "request": request.ref,
        "article": kind.article if ja else kind.article_en, "about": [x.strip() for x in row.about.splitlines() if x.strip()], "asker": row.asker,
        "start": span[0] if span else None, "end": span[-1] if span else None, "where": str(window.get("login") or window.get("prefix") or ""),
        "yields": sorted(kind.yields, reverse=True), "until": row.until, "days": kind.hearing_days}
