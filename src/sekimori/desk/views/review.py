"""Reports that a person must read: the list, one of them beside its message, and what the officer decides."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from sekimori import words
from sekimori.attribution.models import Attribution
from sekimori.desk import items
from sekimori.desk.access import role
from sekimori.desk.views.queue import lanes_for
from sekimori.reports.models import Finding, Review
from sekimori.values.basis import Basis


@role("triage", "handler", "approver", "sealed")
@require_safe
def review(request: HttpRequest) -> HttpResponse:
    """List the groups of reports that wait for a person, oldest first."""
    lanes = lanes_for(request)
    lane = request.GET.get("lane", "")
    rows = items.reviews([lane] if lane in lanes else lanes, 300)
    return render(request, "desk/reviews.html", {"here": "review", "rows": rows, "lanes": lanes, "lane": lane})


@role("triage", "handler", "approver", "sealed")
@require_safe
def item(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one item of a group: what was read, what is missing, and the other items of the group."""
    row = get_object_or_404(Review.objects.select_related("message", "finding__report"), pk=pk, lane__in=lanes_for(request))
    others = Review.objects.filter(group=row.group, closed_at=None).exclude(pk=pk).select_related("message").order_by("opened_at")
    findings = Finding.objects.filter(report__message=row.message).select_related("report").order_by("report_id", "index")[:50]
    return render(request, "desk/review_item.html", {
        "here": "review", "answers": _answers(findings), "row": row, "others": others[:50], "others_total": others.count(), "findings": findings, "bases": [b for b in Basis if b is not Basis.SYNTHETIC],
        "categories": [c for c in words.ids("category") if c.count("/") == 1]})


def _answers(findings: Iterable[Finding]) -> list[Attribution]:
    """Return the newest answer for each finding that names nobody: its reason tells the officer what to ask for."""
    newest: dict[int, Attribution] = {}
    for a in Attribution.objects.filter(finding__in=list(findings), contract=None).order_by("revision"):
        newest[a.finding_id] = a
    return [newest[k] for k in sorted(newest)]
