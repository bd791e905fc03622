"""The member is heard about a request: agrees or objects, with reasons, once."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import get_language
from django.views.decorators.http import require_POST

from sekimori import words
from sekimori.contracts.models import Contract
from sekimori.disclosure import hearing
from sekimori.disclosure.models import Hearing
from sekimori.mypage import access, overview
from sekimori.mypage.access import member
from sekimori.notices.models import Notice
from sekimori.values.outcomes import Refused


def of(notice: Notice) -> Hearing | None:
    """Return the hearing that a notice asks for, None for any other notice."""
    return hearing.of(notice.request) if notice.request is not None else None


def open_ones(contract: Contract) -> list[Notice]:
    """Return the notices whose hearing still waits for this member's answer, oldest first."""
    waiting = overview.sent(contract).filter(request__hearing__answered_at=None, request__hearing__isnull=False)
    return list(waiting.exclude(request__state__in=hearing.CLOSED).exclude(state="undelivered").order_by("sent_at"))


@member
@require_POST
def answer(request: HttpRequest, contract: Contract, ref: str) -> HttpResponse:
    """Record the answer, and show it with its time; a refusal is said in words."""
    notice = overview.sent(contract).filter(ref=ref, request__isnull=False).first()
    if notice is None or notice.request is None:
        raise Http404
    language = get_language() or "ja"
    try:
        hearing.answer(contract, notice.request.ref, request.POST.get("answer", ""), request.POST.get("reasons", ""), access.now(), access.actor(contract))
    except Refused as e:
        messages.warning(request, words.say("refused", e.code, language))
    else:
        messages.success(request, "ご意見を受け取りました。" if language == "ja" else "Your answer has been received.")
    return HttpResponseRedirect(f"/my/notices/{ref}/")
