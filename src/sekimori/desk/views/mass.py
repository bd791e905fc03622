"""The same act on many cases: choose, see, confirm. What a confirmation is bound to is what was seen."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from sekimori.cases.models import Case
from sekimori.desk import answers
from sekimori.desk.access import now, officer, role
from sekimori.desk.caselist import workers
from sekimori.desk.views.cases import chosen
from sekimori.enforcement import casework, mass
from sekimori.enforcement.models import MassAct
from sekimori.values.outcomes import Refused

ROLES = ("handler", "approver")


@role(*ROLES)
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Take the cases that were ticked (or all that the filter shows) and ask what the act needs to know."""
    act = request.POST.get("act", "")
    if act not in mass.ACTS:
        return HttpResponse(status=400)
    refs = chosen(request, mass.MOST + 1)
    try:
        if len(refs) > mass.MOST:
            raise Refused("too_many")
        if not refs:
            raise Refused("not_chosen")
    except Refused as e:
        answers.refused(request, e)
        return redirect("desk:cases")
    return _ask(request, act, refs)


@role(*ROLES)
@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """Keep the preview of an act with its details, and go to its page."""
    act = request.POST.get("act", "")
    if act not in mass.ACTS:
        return HttpResponse(status=400)
    refs = request.POST.getlist("case")[:mass.MOST + 1]
    given = {k: request.POST.get(k, "") for k in ("officer", "days", "text")}
    try:
        made = mass.preview(act, given, refs, officer(request).name, now())
    except Refused as e:
        return _ask(request, act, refs, answers.why(e.code))
    return redirect("desk:mass", made.ref)


def _ask(request: HttpRequest, act: str, refs: list[str], wrong: str = "") -> HttpResponse:
    cases = Case.objects.filter(ref__in=refs).select_related("contract").order_by("id")
    return render(request, "desk/mass_choose.html", {
        "here": "cases", "act": act, "cases": cases, "wrong": wrong, "officers": workers(), "days": casework.SNOOZE_DAYS, "text": request.POST.get("text", "")},
        status=422 if wrong else 200)


@role(*ROLES)
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, ref: str) -> HttpResponse:
    """Show the preview or the result; POST confirms it, or makes the preview anew where something changed."""
    row = get_object_or_404(MassAct, ref=ref)
    if request.method == "POST" and request.POST.get("do") == "again":
        refs = list(row.items.order_by("id").values_list("case__ref", flat=True))
        try:
            return redirect("desk:mass", mass.preview(row.act, row.parameters, refs, officer(request).name, now()).ref)
        except Refused as e:
            answers.refused(request, e)
            return redirect("desk:mass", ref)
    if request.method == "POST":
        try:
            mass.confirm(row, officer(request).name, request.POST.get("seen", ""), now())
        except Refused as e:
            answers.refused(request, e)
        return redirect("desk:mass", ref)
    items = list(row.items.select_related("case__contract").order_by("id"))
    todo = [i for i in items if not i.refused]
    return render(request, "desk/mass.html", {
        "here": "cases", "m": row, "todo": todo, "left_out": [i for i in items if i.refused], "mine": row.by == officer(request).name,
        "done": sum(i.result == "done" for i in todo), "failed": [i for i in todo if i.result not in ("", "done")], "waiting": any(i.result == "" for i in todo)})
