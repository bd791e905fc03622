"""The list of cases, and the page of one."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from sekimori import policy
from sekimori.cases.models import Case
from sekimori.desk import caselist
from sekimori.desk.access import now, officer, role
from sekimori.desk.casefile import casefile
from sekimori.enforcement.mass import ACTS
from sekimori.policy.types import STEPS

PER_PAGE = 50
WORKERS = ("handler", "approver")


@role("handler", "approver", "triage", "legal", "rules")
@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    """List cases, newest event first; those hidden for a while only on demand."""
    wanted = caselist.stated(request.GET.dict())
    rows = caselist.cases(wanted, now())
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    hidden = 0 if wanted.snoozed or wanted.q else Case.objects.filter(snoozed_until__gt=now()).count()
    return render(request, "desk/cases.html", {
        "here": "cases", "page": page, "wanted": wanted, "states": caselist.STATES, "grades": caselist.GRADES, "policies": sorted(policy.ladder().paths),
        "steps": STEPS, "officers": caselist.workers(), "acts": ACTS, "hidden": hidden, "now": now(), "may_act": may_act(request)})


@role("handler", "approver", "triage", "legal", "rules")
@require_safe
def case(request: HttpRequest, ref: str) -> HttpResponse:
    """Show one case whole: what happened, who it is (as a handle), what is next and why not yet."""
    found = get_object_or_404(Case.objects.select_related("contract"), ref=ref)
    paths = sorted(policy.ladder().paths)
    shown = casefile(found, now(), get_language() or "ja")
    acts = may_act(request)
    return render(request, "desk/case.html", {
        "here": "cases", "now": now(), "me": officer(request), "may_act": acts, "may_reveal": officer(request).has_role("reveal"),
        "may_call": acts or officer(request).has_role("triage"), "may_move": acts and found.closed_at is None and bool(shown["entries"]),
        "officers": caselist.workers(), "steps": STEPS, "split_paths": [p for p in paths if p != found.policy and not any(o.policy == p for o in shown["others"])],
        **shown})


def may_act(request: HttpRequest) -> bool:
    """Tell whether this officer may work on cases (others only read)."""
    return any(officer(request).has_role(r) for r in WORKERS)


def chosen(request: HttpRequest, most: int) -> list[str]:
    """Return the references of the cases that a form of the list means: those ticked, or all that its filter shows."""
    if request.POST.get("all") == "1":
        return list(caselist.cases(caselist.stated(request.POST.dict()), now()).values_list("ref", flat=True)[:most])
    return request.POST.getlist("case")[:most]
