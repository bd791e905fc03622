"""Messages as they came in: the list, and one message read safely."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST, require_safe

from sekimori.desk.access import actor, now, role
from sekimori.desk.caselist import query
from sekimori.desk.mailview import mailview
from sekimori.evidence import body as bodies
from sekimori.evidence.store import Missing, get
from sekimori.intake.models import Message
from sekimori.ledger.service import read_protected
from sekimori.reports.models import Report
from sekimori.settings import current
from sekimori.values.basis import Basis, Purpose
from sekimori.values.outcomes import Refused

PER_PAGE = 50


@role("triage", "handler", "approver")
@require_safe
def messages(request: HttpRequest) -> HttpResponse:
    """List messages, newest first, with what became of them."""
    rows = Message.objects.order_by("-id")
    state = request.GET.get("state", "")[:16]
    if state:
        rows = rows.filter(state=state)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "desk/messages.html", {"here": "messages", "page": page, "state": state, "query": query(state=state)})


@role("triage", "handler", "approver")
@require_safe
def message(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one message as text, never as HTML; the read is in the ledger before it is answered."""
    row = get_object_or_404(Message, pk=pk)
    reports = list(Report.objects.filter(message=row).prefetch_related("findings").select_related("reporter"))
    if any(f.category == "content" and f.type in ("csam", "csem") for r in reports for f in r.findings.all()):
        return render(request, "desk/sealed.html", {"here": "messages"}, status=403)
    raw = _octets(request, row)
    view = mailview(raw, [f for r in reports for f in r.findings.all()], current().mail.trusted_relays) if raw is not None else None
    return render(request, "desk/message.html", {"here": "messages", "row": row, "reports": reports, "view": view})


@role("triage", "handler", "approver")
@require_POST
def download(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand out the raw octets as a file that no browser interprets."""
    row = get_object_or_404(Message, pk=pk)
    raw = _octets(request, row)
    if raw is None:
        return HttpResponse(status=410)
    response = HttpResponse(raw, content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="{row.sha256[:16]}.eml"'
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def _octets(request: HttpRequest, row: Message) -> bytes | None:
    purpose = Purpose(f"message:{row.pk}", Basis.CONSENT_RECIPIENT)
    with transaction.atomic():
        read_protected(actor(request), purpose, "evidence.body", 1, row.sha256, now())
    try:
        return get(row.sha256)
    except (Missing, bodies.Changed, Refused):
        return None
