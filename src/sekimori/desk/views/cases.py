"""The list of cases, and the page of one."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from sekimori.cases.models import Case
from sekimori.desk.access import now, officer, role
from sekimori.desk.casefile import casefile

PER_PAGE = 50
STATES = ("open", "warned", "restricted", "suspended", "terminated", "closed")


@role("handler", "approver", "triage", "legal", "rules")
@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    """List cases, newest event first; filter by state and by reference or contract handle."""
    rows = Case.objects.select_related("contract").order_by("-last_event", "-id")
    state, text = request.GET.get("state", ""), request.GET.get("q", "").strip()[:80]
    if state in STATES:
        rows = rows.filter(state=state)
    if text:
        rows = rows.filter(ref=text.upper()) | rows.filter(contract__handle=text)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "desk/cases.html", {"here": "cases", "page": page, "states": STATES, "state": state, "q": text})


@role("handler", "approver", "triage", "legal", "rules")
@require_safe
def case(request: HttpRequest, ref: str) -> HttpResponse:
    """Show one case whole: what happened, who it is (as a handle), what is next and why not yet."""
    found = get_object_or_404(Case.objects.select_related("contract"), ref=ref)
    return render(request, "desk/case.html", {"here": "cases", "now": now(), "me": officer(request), **casefile(found)})
