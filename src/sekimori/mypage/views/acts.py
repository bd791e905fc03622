"""What the member does: report the steps as done, unlock, say something, appeal. The services decide."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_POST

from sekimori import words
from sekimori.contracts.models import Contract
from sekimori.enforcement import member as service
from sekimori.mypage import access, overview
from sekimori.mypage.access import member
from sekimori.values.outcomes import Refused

TEXT_MOST = 10_000


@member
@require_http_methods(["GET", "HEAD", "POST"])
def measures(request: HttpRequest, contract: Contract, ref: str) -> HttpResponse:
    """The steps for one case as a checklist; all ticked means done."""
    found = next((c for c in overview.cases(contract, get_language() or "ja") if c.case.ref == ref), None)
    if found is None:
        raise Http404
    missing = False
    if request.method == "POST":
        ticked = {k for k in request.POST.getlist("check") if k.isdecimal() and len(k) < 3}
        missing = {str(i) for i in range(len(found.cause.checks))} != ticked
        if not missing:
            said = "\n".join([*(f"✓ {c}" for c in found.cause.checks), "", request.POST.get("text", "")[:TEXT_MOST]]).strip()
            return _do(request, lambda: service.done(contract, said, access.now()), "対策の報告を受け取りました。", "Your report has been received.", "/my/")
    return render(request, "my/measures.html", {"contract": contract, "shown": found, "missing": missing, "at": "home"}, status=400 if missing else 200)


@member
@require_POST
def unlock(request: HttpRequest, contract: Contract, ref: str) -> HttpResponse:
    """End what a member may end."""
    if not any(c.case.ref == ref for c in overview.cases(contract, "ja")):
        raise Http404
    return _do(request, lambda: service.unlock(contract, "", access.now()), "制限を解除しました。", "The restriction has been ended.", "/my/")


@member
@require_http_methods(["GET", "HEAD", "POST"])
def statement(request: HttpRequest, contract: Contract) -> HttpResponse:
    """Say something about the case."""
    text = request.POST.get("text", "").strip()[:TEXT_MOST]
    if request.method == "POST" and text:
        return _do(request, lambda: service.statement(contract, text, access.now()), "受け取りました。担当者が読みます。", "Received. A person will read it.", "/my/")
    return render(request, "my/statement.html", {
        "contract": contract, "sayings": overview.sayings(contract), "hearings": overview.hearings(contract), "now": access.now(), "at": "statement"})


@member
@require_http_methods(["GET", "HEAD", "POST"])
def appeal(request: HttpRequest, contract: Contract) -> HttpResponse:
    """Contest the newest measure."""
    text = request.POST.get("text", "").strip()[:TEXT_MOST]
    if request.method == "POST" and text:
        return _do(request, lambda: service.appeal(contract, text, access.now()), "異議申立てを受け付けました。決定した者とは別の担当者が審査します。",
                   "Your appeal has been received. Somebody other than the one who decided will look at it.", "/my/")
    return render(request, "my/appeal.html", {"contract": contract, "possible": overview.may_appeal(contract, access.now()),
                                              "sayings": [s for s in overview.sayings(contract) if s.kind == "appeal"], "at": "appeal"})


def _do(request: HttpRequest, act: Callable[[], object], ja: str, en: str, then: str) -> HttpResponse:
    """Run an act and say in words what came of it; a refusal is an answer, not an error."""
    language = get_language() or "ja"
    try:
        act()
    except Refused as e:
        if e.code == "person":
            messages.info(request, "解除の申し出を受け取りました。担当者が確認します。" if language == "ja" else "Your wish has been received. A person looks at it.")
        else:
            messages.warning(request, words.say("refused", e.code, language))
    else:
        messages.success(request, ja if language == "ja" else en)
    return HttpResponseRedirect(then)


@member
@require_POST
def understood(request: HttpRequest, contract: Contract, ref: str) -> HttpResponse:
    """Was the notice clear? A question for ourselves: nothing follows from the answer for the member."""
    answer = request.POST.get("clear", "")
    if answer not in ("yes", "no"):
        return HttpResponse(status=400)
    if not overview.sent(contract).filter(ref=ref).update(understood=answer == "yes"):
        raise Http404
    messages.success(request, "ありがとうございます。" if get_language() == "ja" else "Thank you.")
    return HttpResponseRedirect(f"/my/notices/{ref}/")
