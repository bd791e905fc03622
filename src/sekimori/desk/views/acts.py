"""What an officer does in a case: each act is one POST, one service call, one line of answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import get_language
from django.views.decorators.http import require_POST

from sekimori import words
from sekimori.cases.models import Case
from sekimori.desk.access import now, officer, role
from sekimori.desk.views import case_work
from sekimori.enforcement import appeals, decisions, incident, member
from sekimori.enforcement.models import Measure, Saying
from sekimori.values.outcomes import Refused
from sekimori.values.text import storable

Act = Callable[[HttpRequest, Case, datetime], tuple[str, str]]


def _approve(request: HttpRequest, case: Case, at: datetime) -> tuple[str, str]:
    measure = decisions.approve(officer(request).name, case.contract, request.POST.get("step", ""), at,
                                seen=request.POST.get("seen", ""), reason=_reason(request))
    if measure.state == "proposed":
        return "承認しました。もう一人の承認が必要です。", "Approved. A second officer must agree."
    return "承認しました。通知のあと、実施時間帯に行われます。", "Approved. It is carried out in the execution window, after its notice."


def _refuse(request: HttpRequest, case: Case, at: datetime) -> tuple[str, str]:
    decisions.refuse(officer(request).name, case.contract, request.POST.get("step", ""), at, reason=_reason(request))
    return "却下しました。", "Refused."


def _hold(request: HttpRequest, case: Case, at: datetime) -> tuple[str, str]:
    decisions.hold(officer(request).name, case.contract, request.POST.get("step", ""), at)
    return "保留しました。", "On hold."


def _go(request: HttpRequest, case: Case, at: datetime) -> tuple[str, str]:
    decisions.go(officer(request).name, case.contract, request.POST.get("step", ""), at)
    return "保留を解きました。", "The hold is lifted."


def _appeal(request: HttpRequest, case: Case, at: datetime) -> tuple[str, str]:
    appeals.answer(officer(request).name, case.contract, request.POST.get("outcome", ""), at, reason=_reason(request))
    return "異議申立てに回答しました。", "The appeal is answered."


def _unlock(request: HttpRequest, case: Case, at: datetime) -> tuple[str, str]:
    wish = get_object_or_404(Saying, case=case, kind="unlock", pk=_number(request.POST.get("saying", "")))
    member.answer_unlock(officer(request).name, wish, request.POST.get("outcome") == "granted", at)
    return "解除の申し出に回答しました。", "The wish to unlock is answered."


def _incident(request: HttpRequest, case: Case, at: datetime) -> tuple[str, str]:
    found = incident.declare(officer(request).name, case.contract, at)
    return (f"誤通知として取り消しました({found.ref})。同じ規則による案件が {len(found.siblings)} 件あります。",
            f"Recalled as a wrong notice ({found.ref}). {len(found.siblings)} other cases rest on the same rule.")


def _by_hand(request: HttpRequest, case: Case, at: datetime) -> tuple[str, str]:
    measure = get_object_or_404(Measure, case=case, pk=_number(request.POST.get("measure", "")))
    decisions.done_by_hand(officer(request).name, measure, at)
    return "実施を確認しました。", "Confirmed as carried out."


def _lift(request: HttpRequest, case: Case, at: datetime) -> tuple[str, str]:
    incident.lift(officer(request).name, request.POST.get("source", ""), at)
    return "規則の凍結を解きました。", "The rule may name contracts again."


ACTS: dict[str, Act] = {"approve": _approve, "refuse": _refuse, "hold": _hold, "go": _go, "appeal": _appeal, "unlock": _unlock,
                        "incident": _incident, "by_hand": _by_hand, "lift": _lift, **case_work.ACTS}


def _number(text: str) -> int:
    """Return the id that a hidden field holds; 0, which no row has, where it is none."""
    return int(text) if text.isdecimal() and len(text) < 19 else 0


def _reason(request: HttpRequest) -> str:
    return storable(request.POST.get("reason", "").strip(), 2000)


@role("handler", "approver")
@require_POST
def act(request: HttpRequest, ref: str) -> HttpResponse:
    """Do one act of `ACTS` in a case and come back to its page with one sentence: done, or why not."""
    case = get_object_or_404(Case.objects.select_related("contract"), ref=ref)
    do = ACTS.get(request.POST.get("do", ""))
    language = get_language() or "ja"
    if do is None:
        return HttpResponse(status=400)
    try:
        ja, en = do(request, case, now())
    except Refused as e:
        messages.error(request, words.say("refused", e.code, language))
    else:
        messages.success(request, ja if language == "ja" else en)
    return redirect("desk:case", ref)
