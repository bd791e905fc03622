"""The register of refused new contracts: asked, entered, lifted. It holds no name, and shows none after it was typed."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from sekimori.contracts.models import Contract
from sekimori.desk import answers
from sekimori.desk.access import actor, now, officer, role
from sekimori.enforcement import refusals as register
from sekimori.enforcement.models import Refusal
from sekimori.staff.limits import allowed
from sekimori.values.outcomes import Refused
from sekimori.values.text import one_line

ASKERS = ("handler", "approver", "legal")
DECIDERS = ("approver", "legal")
PER_PAGE = 50
CHECKS_PER_HOUR = 60
"""An officer who asks for more tries persons out."""
PURPOSES = ("contract", "access")


@role(*ASKERS)
@require_safe
def refusals(request: HttpRequest) -> HttpResponse:
    """Show the forms, and the entries without anybody's name."""
    return _page(request)


@role(*ASKERS)
@require_POST
def check(request: HttpRequest) -> HttpResponse:
    """Ask whether a new contract is refused to a person; the ledger has the question before the answer."""
    try:
        if not allowed(f"refusals:{officer(request).name}", now(), most=CHECKS_PER_HOUR, seconds=3600):
            raise Refused("rate_stop")
        purpose = request.POST.get("purpose", "")
        if purpose not in PURPOSES:
            raise Refused("purpose_missing")
        found = register.check(*_person(request), actor(request), now(), purpose)
    except Refused as e:
        return _page(request, 422, check_wrong=answers.why(e.code))
    return _page(request, asked=True, purpose=purpose, found=found)


@role(*DECIDERS)
@require_POST
def enter(request: HttpRequest) -> HttpResponse:
    """Enter the holder of a terminated contract, with the clause of the terms; only a keyed hash is kept."""
    contract = Contract.objects.filter(handle=request.POST.get("contract", "").strip()[:64]).first()
    try:
        if contract is None:
            raise Refused("not_terminated", "there is no such contract")
        register.add(contract, *_person(request), one_line(request.POST.get("clause", ""), 200), actor(request), now())
    except Refused as e:
        return _page(request, 422, enter_wrong=answers.why(e.code))
    answers.done(request, f"登録しました。{register.YEARS}年で自動的に消えます。氏名などは保存していません。",
                 f"Entered; it is deleted by itself after {register.YEARS} years. No name is kept.")
    return redirect("desk:refusals")


@role(*DECIDERS)
@require_POST
def lift(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an entry out."""
    try:
        register.lift(get_object_or_404(Refusal, pk=pk), actor(request), now())
        answers.done(request, "登録を解除しました。", "The entry is lifted.")
    except Refused as e:
        answers.refused(request, e)
    return redirect("desk:refusals")


def _person(request: HttpRequest) -> tuple[str, date, str]:
    """Return name, birth date and telephone of the form. Raises Refused: `identity`."""
    try:
        born = date.fromisoformat(request.POST.get("born", ""))
    except ValueError:
        raise Refused("identity", "no birth date") from None
    return request.POST.get("name", "")[:200], born, request.POST.get("phone", "")[:40]


def _page(request: HttpRequest, status: int = 200, **more: Any) -> HttpResponse:
    """Show the page. What was typed is not put back into the forms: a screen left open shows no person."""
    over = request.GET.get("over", "") == "1"
    ended = Q(until__lte=now()) | Q(lifted_at__isnull=False)
    page = Paginator(Refusal.objects.filter(ended if over else ~ended).defer("hash").order_by("-at", "-id"), PER_PAGE).get_page(request.GET.get("page"))
    decides = any(officer(request).has_role(r) for r in DECIDERS)
    return render(request, "desk/refusals.html", {"here": "cases", "page": page, "over": over, "may_decide": decides, "years": register.YEARS, **more}, status=status)
