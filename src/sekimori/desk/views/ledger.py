"""The ledger: who did and who looked at what, for which case, on which basis."""

from __future__ import annotations

import json

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from sekimori.desk.access import role
from sekimori.desk.caselist import query
from sekimori.ledger.models import Entry

PER_PAGE = 100


@role("auditor", "approver", "legal", "handler")
@require_safe
def ledger(request: HttpRequest) -> HttpResponse:
    """List entries, newest first; filter by subject (`case:…`) or act."""
    rows = Entry.objects.order_by("-seq")
    subject, act = request.GET.get("subject", "")[:200], request.GET.get("act", "")[:80]
    if subject:
        rows = rows.filter(subject=subject)
    if act:
        rows = rows.filter(act=act)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    shown = [{"seq": e.seq, "at": e.at, "actor": e.actor, "act": e.act, "subject": e.subject, "hash": e.hash,
              "detail": json.dumps(json.loads(e.body).get("detail", {}), ensure_ascii=False)} for e in page]
    return render(request, "desk/ledger.html", {"here": "ledger", "page": page, "entries": shown, "subject": subject, "act": act,
                                                "query": query(subject=subject, act=act)})
