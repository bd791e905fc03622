"""Reporters: their track record, their standing consent, and board administrators whom an officer has verified."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from sekimori.desk.access import actor, now, role
from sekimori.desk.caselist import query
from sekimori.ledger.service import write
from sekimori.reports.models import Reporter
from sekimori.values.text import one_line

PER_PAGE = 50


@role("handler", "approver", "triage")
@require_safe
def reporters(request: HttpRequest) -> HttpResponse:
    """List reporters by domain; `q` is the beginning of a domain."""
    beginning = request.GET.get("q", "").strip().lower()[:100]
    rows = Reporter.objects.prefetch_related("tracks").order_by("domain")
    if beginning:
        rows = rows.filter(domain__startswith=beginning)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "desk/reporters.html", {"here": "review", "page": page, "q": beginning, "query": query(q=beginning)})


@role("handler", "approver")
@require_POST
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Record a standing consent, or that somebody was verified as administrator of a board; the ledger has it."""
    row = get_object_or_404(Reporter, pk=pk)
    consent, site = request.POST.get("consent") == "1", one_line(request.POST.get("board_site", "").strip(), 120)
    with transaction.atomic():
        Reporter.objects.filter(pk=row.pk).update(consent_forward=consent, board_site=site)
        write(actor(request), "reporter.changed", f"reporter:{row.pk}", {"consent_forward": consent, "board_admin": bool(site)}, now())
    messages.success(request, "変更しました。" if get_language() == "ja" else "Changed.")
    return redirect("desk:reporters")
