"""Notices: the list with what became of them, and the text of one."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from sekimori.desk.access import role
from sekimori.desk.caselist import query
from sekimori.notices.models import Notice

PER_PAGE = 50


@role("handler", "approver", "triage")
@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """List notices, newest first."""
    rows = Notice.objects.select_related("case").order_by("-id")
    audience = request.GET.get("audience", "")
    if audience in ("member", "reporter"):
        rows = rows.filter(audience=audience)
    waiting = request.GET.get("waiting", "") == "1"
    if waiting:
        # What an officer must still do: reach somebody, or record what the post confirmed.
        rows = rows.filter(Q(channel="manual", state="written") | Q(channel="letter", state="sent"))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "desk/notices.html", {"here": "notices", "page": page, "audience": audience, "waiting": waiting,
                                                   "query": query(audience=audience, waiting="1" if waiting else "")})


@role("handler", "approver", "triage")
@require_safe
def notice(request: HttpRequest, ref: str) -> HttpResponse:
    """Show the text of one notice as it was, or would be, sent."""
    row = get_object_or_404(Notice.objects.select_related("case"), ref=ref)
    return render(request, "desk/notice.html", {"here": "notices", "n": row})
