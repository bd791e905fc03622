"""The member is heard about a request: agrees or objects, with reasons, once."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import get_language
from django.views.decorators.http import require_POST

from sekimori import words
from sekimori.contracts.models import Contract
from sekimori.disclosure import hearing
from sekimori.mypage import access, overview
from sekimori.mypage.access import member
from sekimori.mypage.views import home
from sekimori.values.outcomes import Refused


@member
@require_POST
def answer(request: HttpRequest, contract: Contract, ref: str) -> HttpResponse:
    """Record the answer, and show it with its time; a refusal is said in words, and what was typed without a choice stays in its field."""
    notice = overview.sent(contract).filter(ref=ref, request__isnull=False).first()
    if notice is None or notice.request is None:
        raise Http404
    language = get_language() or "ja"
    try:
        hearing.answer(contract, notice.request.ref, request.POST.get("answer", ""), request.POST.get("reasons", ""), access.now(), access.actor(contract))
    except Refused as e:
        messages.warning(request, words.say("refused", e.code, language))
        if e.code == "hearing_choice":
            return home.shown(request, contract, notice, request.POST.get("reasons", ""), 400)
    else:
        messages.success(request, "ご意見を受け取りました。" if language == "ja" else "Your answer has been received.")
    return HttpResponseRedirect(f"/my/notices/{ref}/")
