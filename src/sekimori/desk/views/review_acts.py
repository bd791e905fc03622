"""What an officer decides about a report that waits: close it, correct what was read, look up who it is."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import get_language
from django.views.decorators.http import require_POST

from sekimori import words
from sekimori.attribution import officer as lookup
from sekimori.cases.confirm import confirm
from sekimori.cases.models import CaseFinding
from sekimori.desk.access import now, officer, role
from sekimori.desk.views.queue import lanes_for
from sekimori.reports.correct import Reading, close, correct
from sekimori.reports.models import Report, Review
from sekimori.values.basis import Basis
from sekimori.values.clock import JST
from sekimori.values.outcomes import Refused
from sekimori.work.clock import shared
from sekimori.work.stage import Context


def _review(request: HttpRequest, pk: int) -> Review:
    return get_object_or_404(Review.objects.select_related("message", "finding"), pk=pk, lane__in=lanes_for(request))


def _answer(request: HttpRequest, ja: str, en: str, *, good: bool = True) -> None:
    (messages.success if good else messages.error)(request, ja if get_language() == "ja" else en)


def _refused(request: HttpRequest, e: Refused) -> None:
    messages.error(request, words.say("refused", e.code, get_language() or "ja"))


@role("triage", "handler", "approver")
@require_POST
def close_item(request: HttpRequest, pk: int) -> HttpResponse:
    """Close this item or its whole group."""
    row = _review(request, pk)
    try:
        n = close(row, request.POST.get("outcome", ""), officer(request).name, now(), whole_group="group" in request.POST)
    except Refused as e:
        _refused(request, e)
        return redirect("desk:review_item", pk)
    _answer(request, f"{n} 件を閉じました。", f"{n} closed.")
    return redirect("desk:review")


@role("triage", "handler")
@require_POST
def correct_item(request: HttpRequest, pk: int) -> HttpResponse:
    """Add what the officer read (address, port, time in JST, category) and close the item as read."""
    row = _review(request, pk)
    report = Report.objects.filter(message=row.message).order_by("index").first()
    category, _, kind = request.POST.get("category", "").partition("/")
    port = request.POST.get("port", "").strip()
    try:
        if report is None or not words.has("category", f"{category}/{kind}"):
            raise Refused("category.unknown")
        at = datetime.fromisoformat(request.POST.get("at", "")).replace(tzinfo=JST)
        correct(report, Reading(category, kind, request.POST.get("address", ""), at, int(port) if port.isdecimal() else None), officer(request).name, now())
        close(row, "read", officer(request).name, now())
    except ValueError:
        _answer(request, "日時を確かめてください。", "Please check the time.", good=False)
        return redirect("desk:review_item", pk)
    except Refused as e:
        _refused(request, e)
        return redirect("desk:review_item", pk)
    _answer(request, "読み取りを登録しました。契約の特定に進みます。", "Your reading is kept; attribution goes on.")
    return redirect("desk:review")


@role("handler")
@require_POST
def look_up(request: HttpRequest, pk: int) -> HttpResponse:
    """Look up who it is, on a basis that the officer names; the ledger has it before the answer."""
    row = _review(request, pk)
    try:
        basis = Basis(request.POST.get("basis", ""))
    except ValueError:
        _refused(request, Refused("purpose_missing"))
        return redirect("desk:review_item", pk)
    if row.finding is None:
        return HttpResponse(status=400)
    clock = shared()
    try:
        found = lookup.find(officer(request), row.finding, basis, Context(now=clock.now(), clock=clock, lease=f"desk:{officer(request).pk}"))
    except Refused as e:
        _refused(request, e)
        return redirect("desk:review_item", pk)
    word = words.say("certainty", found.certainty, get_language() or "ja")
    _answer(request, f"契約特定の結果:{word}", f"Attribution: {word}")
    if found.contract_id is not None:
        close(row, "read", officer(request).name, now())
    return redirect("desk:review")


@role("handler", "approver")
@require_POST
def confirm_entry(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a finding of a case count: the officer has read its report."""
    entry = get_object_or_404(CaseFinding.objects.select_related("case"), pk=pk)
    try:
        confirm(entry, officer(request).name, now())
        Review.objects.filter(finding_id=entry.finding_id, closed_at=None).update(closed_at=now(), closed_by=officer(request).name, outcome="read")
        _answer(request, "この情報提供を数に入れました。", "This report now counts.")
    except Refused as e:
        _refused(request, e)
    return redirect("desk:case", entry.case.ref)
