"""Halt, resume, live categories, the clock, stuck work."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from sekimori.desk import items
from sekimori.desk.access import actor, now, role
from sekimori.enforcement import switches as service
from sekimori.enforcement.models import Switch
from sekimori.flow.stages import stages
from sekimori.ledger.service import write
from sekimori.values.outcomes import Refused
from sekimori.work import clockmark
from sekimori.work.status import retry as retry_row
from sekimori.work.status import status


def _say(request: HttpRequest, ja: str, en: str, level: int = messages.SUCCESS) -> None:
    messages.add_message(request, level, ja if get_language() == "ja" else en)


@role()
@require_safe
def switches(request: HttpRequest) -> HttpResponse:
    """Show what is on, what waits in every stage, and what is stuck."""
    return render(request, "desk/switches.html", {
        "here": "switches", "halted": service.halted(), "floods": [(f.name.removeprefix(service.FLOOD), f.at) for f in service.flooded()], "live": Switch.objects.filter(name__startswith="live:", on=True),
        "waiting": status(stages(), now()), "stuck": items.stuck(stages())})


@role("handler", "approver", "admin", "legal")
@require_POST
def halt(request: HttpRequest) -> HttpResponse:
    """Stop every outgoing notice and measure, or let them go again."""
    stop = request.POST.get("do") == "halt"
    (service.halt if stop else service.resume)(actor(request), now())
    _say(request, "停止しました。" if stop else "再開しました。", "Halted." if stop else "Resumed.")
    return redirect("desk:switches")


@role("approver", "admin")
@require_POST
def flood(request: HttpRequest) -> HttpResponse:
    """Let the letters of a source go that wait because they are unusually many."""
    try:
        service.release(request.POST.get("source", ""), actor(request), now())
        _say(request, "保留していた手紙を送ります。", "The letters that waited go out.")
    except Refused:
        _say(request, "この情報提供者の手紙は保留されていません。", "No letters of this source are waiting.", messages.WARNING)
    return redirect("desk:switches")


@role("approver", "admin")
@require_POST
def clock(request: HttpRequest) -> HttpResponse:
    """Take the present clock as right."""
    with transaction.atomic():
        clockmark.confirm(now())
        write(actor(request), "clock.confirmed", "clock", {}, now())
    _say(request, "時計を確認済みにしました。", "The clock is confirmed.")
    return redirect("desk:switches")


@role("handler", "approver", "admin")
@require_POST
def retry(request: HttpRequest) -> HttpResponse:
    """Try a stuck row again."""
    name, _, row = request.POST.get("row", "").rpartition(":")
    try:
        retry_row(stages(), name, int(row) if row.isdecimal() else 0, actor(request), write, now())
        _say(request, "もう一度処理します。", "It will be tried again.")
    except Refused:
        _say(request, "その行は止まっていません。", "That row is not stuck.", messages.WARNING)
    return redirect("desk:switches")
