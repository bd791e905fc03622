"""A returned mail, explained with proof: the submission log is asked for this member's own logins and nobody else's."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from sekimori.bounces.disowned import disown
from sekimori.bounces.page import MOST, explain_pasted, public_knowledge, understand
from sekimori.bounces.proof import OwnerProof
from sekimori.bounces.provenance.model import Known, Log
from sekimori.contracts.models import Contract, Key
from sekimori.mailauth.batv import Tag
from sekimori.mypage import access
from sekimori.mypage.access import member
from sekimori.settings import current
from sekimori.values.outcomes import Refused
from sekimori.work.clock import shared

LOGINS = 20


@member
@require_http_methods(["GET", "HEAD", "POST"])
def explain(request: HttpRequest, contract: Contract) -> HttpResponse:
    """Explain a pasted notice; "I never sent it" opens an item at the desk where the mail did leave through this member's login.

    Nothing that was pasted is kept, except by that last act: then it is the evidence.
    """
    raw = request.POST.get("source", "").encode("utf-8", "surrogateescape")[:MOST] if request.method == "POST" else b""
    if not raw.strip():
        return render(request, "my/bounce.html", {"contract": contract, "at": "bounce"})
    known = _known(contract, raw)
    judgement = understand(raw, known)[2]
    if "disown" in request.POST:
        return _disown(request, contract, raw, known)
    view = explain_pasted(raw, "ja" if get_language() == "ja" else "en", known)
    return render(request, "my/bounce.html", {
        "contract": contract, "at": "bounce", "view": view, "lines": [(line, line.explanation.diagnostic) for line in view.lines],
        "may_disown": judgement.disowned(), "source": raw.decode("utf-8", "replace")})


def _known(contract: Contract, raw: bytes) -> Known:
    """What may be known for this member: what log and tag prove for the first of their own logins that sent it."""
    settings, clock = current(), shared()
    mail, found, _ = understand(raw, public_knowledge(settings))
    best: Known | None = None
    for login in Key.objects.filter(contract=contract, kind="login", valid_to__isnull=True).order_by("key").values_list("key", flat=True)[:LOGINS]:
        known = OwnerProof(login, settings, clock, access.actor(contract)).known(mail, found)
        if known.log is Log.HIT or known.tag is Tag.VALID:
            return known
        best = best or known
    return best or public_knowledge(settings)


def _disown(request: HttpRequest, contract: Contract, raw: bytes, known: Known) -> HttpResponse:
    ja = get_language() == "ja"
    _, found, judgement = understand(raw, known)
    try:
        disown(raw, found, judgement, access.actor(contract), access.now())
    except Refused:
        messages.info(request, "このメールは、あなたのログインからは送られていません。心配はいりません。" if ja else "This mail did not leave through your login. There is nothing to worry about.")
    else:
        messages.success(request, "受け付けました。パスワードをすぐに変えてください。担当者が確認します。" if ja
                         else "Received. Please change your password now; a person looks at it.")
    return HttpResponseRedirect("/my/bounce/")
