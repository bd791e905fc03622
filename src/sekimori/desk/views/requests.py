"""Requests of authorities, courts, lawyers and persons: the list, one of them, and the acts of the role `legal`."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, time
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sekimori import words
from sekimori.contracts.models import Contract
from sekimori.desk import answers
from sekimori.desk.access import actor, now, officer, role
from sekimori.disclosure import hearing, service
from sekimori.disclosure.kinds import kinds
from sekimori.disclosure.models import Request
from sekimori.evidence import store
from sekimori.notices import service as notices
from sekimori.values.clock import JST
from sekimori.values.outcomes import Refused
from sekimori.words import jst

MAX_PAPER = 20_000_000


@role("legal")
@require_safe
def requests(request: HttpRequest) -> HttpResponse:
    """List requests, those still open first, by the day their answer is due."""
    rows = Request.objects.select_related("contract").order_by("answered_at", "answer_by")[:300]
    return render(request, "desk/requests.html", {"here": "requests", "rows": rows, "now": now()})


@role("legal")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """File a request with its scanned paper; rows are frozen within a minute where the kind preserves."""
    if request.method == "POST":
        try:
            made = service.receive(request.POST.get("kind", ""), now(), actor(request), contract=_contract(request), window=_window(request),
                                   due=_due(request), asker=request.POST.get("asker", ""), document=_paper(request))
            return redirect("desk:request", made.ref)
        except Refused as e:
            messages.error(request, words.say("refused", e.code, get_language() or "ja"))
    return render(request, "desk/request_new.html", {"here": "requests", "kinds": list(kinds().values())})


def _contract(request: HttpRequest) -> Contract | None:
    handle = request.POST.get("contract", "").strip()
    if not handle:
        return None
    found = Contract.objects.filter(handle=handle).first()
    if found is None:
        raise Refused("no_case")
    return found


def _window(request: HttpRequest) -> dict[str, Any] | None:
    start, end, where = (request.POST.get(k, "").strip() for k in ("from", "to", "where"))
    if not where:
        return None
    try:
        times = {k: datetime.fromisoformat(v).replace(tzinfo=JST).isoformat() for k, v in (("from", start), ("to", end))}
    except ValueError:
        raise Refused("window") from None
    return {**times, ("login" if "@" in where else "prefix"): where}


def _due(request: HttpRequest) -> datetime | None:
    """Return the end of the day that the paper names, in Japan; None where it names none: the kind's own period runs."""
    typed = request.POST.get("due", "").strip()
    if not typed:
        return None
    try:
        return datetime.combine(datetime.fromisoformat(typed).date(), time(23, 59, 59), JST)
    except ValueError:
        raise Refused("due") from None


def _paper(request: HttpRequest) -> str:
    upload = request.FILES.get("paper")
    if upload is None or (upload.size or 0) > MAX_PAPER:
        return ""
    raw = b"".join(upload.chunks())
    with transaction.atomic():
        return store.put(raw, now=now(), expires_at=None) if raw else hashlib.sha256(b"").hexdigest()


@role("legal")
@require_safe
def one(request: HttpRequest, ref: str) -> HttpResponse:
    """Show one request: what its kind may yield, who agreed, what is frozen."""
    row = get_object_or_404(Request.objects.select_related("contract"), ref=ref)
    language = row.contract.language if row.contract else "ja"
    return render(request, "desk/request.html", {
        "here": "requests", "r": row, "kind": kinds()[row.kind], "consents": row.consents.order_by("at"), "now": now(),
        "masked": json.loads(row.masked_copy) if row.masked_copy else None, "closed": row.state in hearing.CLOSED,
        "hearing": hearing.copy_for_member(row, language), "h": hearing.of(row), "letters": row.notices.order_by("id").prefetch_related("replies")})


@role("legal")
@require_POST
def act(request: HttpRequest, ref: str) -> HttpResponse:
    """Send the hearing, agree, extend, refuse or answer. An answer is shown once, on a page that is not cached."""
    row = get_object_or_404(Request.objects.select_related("contract"), ref=ref)
    do = request.POST.get("do", "")
    try:
        if do == "agree":
            enough = service.consent(row, officer(request).name, now()).state == "approved"
            answers.done(request, "同意しました。二人の同意がそろいました。" if enough else "同意しました。もう一人の同意が必要です。",
                         "Agreed; the answer may be made." if enough else "Agreed. A second officer must agree.")
        elif do == "hear":
            until = jst(hearing.ask(row, request.POST.get("about", ""), request.POST.get("told", ""), now(), actor(request)).until, get_language() or "ja", "minute")
            answers.done(request, f"意見照会を送ります。回答の期限は {until} です。", f"The hearing goes out. The member may answer until {until}.")
        elif do == "reached":
            told = [notices.handed_over(n.ref, now(), actor(request)) for n in row.notices.filter(channel="manual", state="written")]
            if not any(told):
                raise Refused("nothing")
            answers.done(request, "記録しました。", "Recorded.")
        elif do == "extend":
            until = jst(service.extend(row, now(), actor(request)), get_language() or "ja", "minute")
            answers.done(request, f"保全を {until} まで延長しました。", f"Preserved until {until}.")
        elif do == "refuse":
            service.refuse(row, actor(request), request.POST.get("why", ""), now())
            answers.done(request, "拒絶しました。", "Refused.")
        elif do == "answer":
            return render(request, "desk/request_answer.html", {"here": "requests", "r": row, "found": service.answer(row, actor(request), now())})
        else:
            return HttpResponse(status=400)
    except Refused as e:
        messages.error(request, words.say("refused", e.code, get_language() or "ja"))
    return redirect("desk:request", ref)
