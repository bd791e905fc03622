"""The member is heard before a sender's data are disclosed: asked once, in writing, with a dated deadline; answers once.

Sources: 情報流通プラットフォーム対処法6条1項 (the provider hears the sender, and the reason where they object, unless they cannot be
reached); two weeks is the period that the providers' guideline on sender disclosure names (R-LE-3), `hearing_days` in kinds.toml.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.db import transaction

from sekimori.contracts.models import Contract
from sekimori.disclosure.kinds import kinds
from sekimori.disclosure.models import Hearing, Request
from sekimori.ledger.service import write
from sekimori.values.actors import Actor
from sekimori.values.clock import JST, iso, micros
from sekimori.values.outcomes import Refused
from sekimori.values.text import storable
from sekimori.words import jst, say

CLOSED = ("answered", "refused", "expired")
CHOICES = ("agree", "object")
TEXT_MOST = 10_000


def ask(request: Request, about: str, asker: str, now: datetime, by: Actor) -> Hearing:
    """Ask the member about a request, once: the stage `notices.hearings` writes the letter.

    `about` says which posts or transmissions it is about; `asker` is who asks, only where the request allows it to be told. The
    deadline is the end of the day in Japan. Raises Refused: `hearing_none`, `closed`, `hearing_sent`, `hearing_about`.
    """
    days = kinds()[request.kind].hearing_days
    if not days or request.contract_id is None:
        raise Refused("hearing_none")
    said = storable(about, 2000).strip()
    if not said:
        raise Refused("hearing_about")
    until = datetime.combine((now + timedelta(days=days)).astimezone(JST).date(), time(23, 59, 59), JST)
    with transaction.atomic():
        row = Request.objects.select_for_update().get(pk=request.pk)
        if row.state in CLOSED:
            raise Refused("closed")
        made, new = Hearing.objects.get_or_create(request=row, defaults={
            "about": said, "asker": storable(asker, 200).strip(), "asked_at": now, "asked_by": str(by), "until": until, "due_at": micros(now)})
        if not new:
            raise Refused("hearing_sent")
        Request.objects.filter(pk=row.pk).update(heard_until=until)
        write(by, "request.asked", f"request:{row.ref}", {"until": iso(until), "asker_told": bool(made.asker)}, now)
    return made


def answer(contract: Contract, ref: str, choice: str, reasons: str, now: datetime, by: Actor) -> Hearing:
    """Record what the member says to a request (by its number), once; after the deadline too, while the request is open.

    An answer voids the consents given before it (`service.scope_hash`): nobody agreed knowing it. Raises Refused: `nothing`,
    `hearing_choice`, `closed`, `hearing_answered`.
    """
    if choice not in CHOICES:
        raise Refused("hearing_choice")
    with transaction.atomic():
        row = Request.objects.select_for_update(of=("self",)).filter(ref=ref, contract=contract, hearing__isnull=False).first()
        if row is None:
            raise Refused("nothing")
        if row.state in CLOSED:
            raise Refused("closed")
        text = storable(reasons, TEXT_MOST).strip()
        if not Hearing.objects.filter(request=row, answered_at=None).update(answer=choice, reasons=text, answered_at=now):
            raise Refused("hearing_answered")
        Request.objects.filter(pk=row.pk, state="approved").update(state="hearing")
        write(by, "request.heard", f"request:{row.ref}", {"answer": choice, "reasons": bool(text)}, now)
    return Hearing.objects.get(request=row)


def of(request: Request) -> Hearing | None:
    """Return the hearing of a request, None before it was sent."""
    return Hearing.objects.filter(request=request).first()


def answered(request: Request) -> str:
    """Return what the member answered: `agree`, `object`, or "" while there is nothing."""
    found = of(request)
    return found.answer if found is not None else ""


def answers(contract: Contract) -> list[Hearing]:
    """Return what a member said when heard, oldest first."""
    return list(Hearing.objects.filter(request__contract=contract, answered_at__isnull=False).select_related("request").order_by("answered_at"))


def wait(request: Request, now: datetime) -> None:
    """Return where an answer may be agreed to as far as the member is concerned: heard, or the deadline is over.

    Raises Refused: `hearing_not_sent` (a contract is named and nobody asked its holder), `hearing` (the deadline runs).
    """
    found = of(request)
    if found is None and kinds()[request.kind].hearing_days and request.contract_id is not None:
        raise Refused("hearing_not_sent")
    if found is not None and found.answered_at is not None:
        return
    if request.heard_until and now <= request.heard_until:
        raise Refused("hearing", "the member is being heard")


def copy_for_member(request: Request, language: str) -> str:
    """Return what a member will read of a request, before it is sent: kind, article, window; never who asks or their paper. Pure."""
    kind, window = kinds()[request.kind], request.window or {}
    span = " – ".join(jst(t, language, "minute") for t in spans(request)) or "—"
    where = str(window.get("login") or window.get("prefix") or "—")
    ja = language == "ja"
    rows = [("番号" if ja else "Number", request.ref), ("種類" if ja else "Kind", say("request", request.kind, language)),
            ("根拠" if ja else "Article", kind.article if ja else kind.article_en), ("請求者" if ja else "Who asks", "●●●"),
            ("対象の期間" if ja else "Period", span), ("対象" if ja else "About", where),
            ("ご意見の期限" if ja else "Answer until", f"送付から{kind.hearing_days}日後" if ja else f"{kind.hearing_days} days after it is sent")]
    return "\n".join(f"{name}: {value}" for name, value in rows)


def spans(request: Request) -> list[datetime]:
    """Return [from, to] of a request's window, [] where it names none. Pure."""
    window = request.window or {}
    return [datetime.fromisoformat(str(window[k])) for k in ("from", "to") if window.get(k)]
