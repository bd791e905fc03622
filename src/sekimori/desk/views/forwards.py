"""Findings in delegated ranges that wait for the reporter's consent before the operator is told."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from sekimori.attribution.models import Forward
from sekimori.desk.access import actor, now, officer, role
from sekimori.ledger.service import write
from sekimori.values.clock import micros
from sekimori.work.columns import DUE, HELD

SHOWN = 200


@role("handler", "approver", "triage")
@require_safe
def forwards(request: HttpRequest) -> HttpResponse:
    """List what waits, oldest first."""
    rows = Forward.objects.filter(work=HELD).select_related("attribution__finding__report__reporter").order_by("id")[:SHOWN]
    return render(request, "desk/forwards.html", {"here": "notices", "rows": rows})


@role("handler", "approver")
@require_POST
def agree(request: HttpRequest) -> HttpResponse:
    """Record that the reporters of the ticked rows agreed; the stage then tells the operators."""
    ids = [int(x) for x in request.POST.getlist("row") if x.isdecimal() and len(x) < 19]
    with transaction.atomic():
        count = Forward.objects.filter(pk__in=ids, work=HELD).update(agreed_by=officer(request).name, work=DUE, due_at=micros(now()), tries=0)
        if count:
            write(actor(request), "forward.agreed", "forwards", {"rows": sorted(ids)[:100], "count": count}, now())
    messages.success(request, f"{count}件を委託先に通知します。" if get_language() == "ja" else f"{count} are passed on to the operator.")
    return redirect("desk:forwards")
