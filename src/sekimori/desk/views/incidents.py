"""A wrong notice: what recalling it would freeze and touch, before the click; afterwards its siblings and the draft report."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from sekimori.cases.models import Case
from sekimori.desk.access import role
from sekimori.enforcement import incident
from sekimori.enforcement.models import Delivery, Incident
from sekimori.notices.models import Notice

SHOWN = 100


@role("handler", "approver")
@require_safe
def before(request: HttpRequest, ref: str) -> HttpResponse:
    """Show what declaring the newest notice of a contract wrong would do; where that notice is another case's, say so."""
    case = get_object_or_404(Case.objects.select_related("contract"), ref=ref)
    newest = Delivery.objects.filter(letter__case__contract=case.contract, recalled_at=None).exclude(letter__kind="apology").select_related(
        "letter__case__contract").order_by("-sent_at", "-id").first()
    meant = newest.letter.case if newest is not None else case
    would = incident.preview(meant)
    return render(request, "desk/incident_new.html", {
        "here": "cases", "case": case, "other": meant if meant.pk != case.pk else None, "would": would, "rest": len(would.siblings) - SHOWN,
        "notices": Notice.objects.filter(case=meant, audience="member").exclude(state="recalled").order_by("written_at")})


@role("handler", "approver", "legal", "auditor")
@require_safe
def one(request: HttpRequest, ref: str) -> HttpResponse:
    """Show one incident: what was frozen, which cases must be looked at, the draft of the report to the ministry."""
    row = get_object_or_404(Incident.objects.select_related("case"), ref=ref)
    siblings = Case.objects.filter(ref__in=row.siblings).order_by("id")
    return render(request, "desk/incident.html", {"here": "cases", "i": row, "siblings": siblings})
