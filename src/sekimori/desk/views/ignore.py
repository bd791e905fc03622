"""Ignore rules: the list, a new one with what it would have matched, and its early end."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sekimori import words
from sekimori.cases import ignore
from sekimori.cases.models import IgnoreRule
from sekimori.desk import answers
from sekimori.desk.access import actor, now, officer, role
from sekimori.reports.models import Finding
from sekimori.values.clock import JST
from sekimori.values.outcomes import Refused
from sekimori.values.text import one_line

EDITORS = ("handler", "approver", "rules")
READERS = (*EDITORS, "triage", "legal", "auditor")
PER_PAGE = 50
LOOK_BACK = timedelta(days=30)
USUAL = timedelta(days=90)


@role(*READERS)
@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """List the rules: those in force first to end first, then those that are over."""
    at = now()
    over = request.GET.get("over", "") == "1"
    rows = IgnoreRule.objects.order_by("-id").filter(Q(until__lte=at) | Q(ended_at__isnull=False)) if over else \
        IgnoreRule.objects.filter(until__gt=at, ended_at__isnull=True).order_by("until", "id")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "desk/ignore.html", {"here": "cases", "page": page, "over": over, "now": at,
                                                "may_edit": any(officer(request).has_role(r) for r in EDITORS)})


@role(*EDITORS)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Ask for the rule; first show what it would have matched in the last 30 days, then add it."""
    given = {k: one_line(request.POST.get(k, "").strip(), 253) for k in ("prefix", "reporter", "category", "until")}
    given["reason"] = request.POST.get("reason", "").strip()[:2000]
    shown: dict[str, Any] = {}
    wrong = ""
    if request.method == "POST":
        try:
            if given["category"] and not words.has("category", given["category"]):
                raise Refused("category.unknown")
            rule = ignore.stated(given["prefix"], given["reporter"], given["category"])
            until = _until(given["until"])
            if request.POST.get("do") == "add":
                row = ignore.add(actor(request), now(), until, given["reason"], prefix=given["prefix"], reporter=given["reporter"], category=given["category"])
                answers.done(request, f"{row.ref} を追加しました。期限になると自動で終わります。", f"{row.ref} is added; it ends by itself.")
                return redirect("desk:ignore")
            shown = _shown(rule)
        except Refused as e:
            wrong = answers.why(e.code)
    else:
        given["until"] = f"{(now() + USUAL).astimezone(JST).date()}"
    return render(request, "desk/ignore_new.html", {
        "here": "cases", "given": given, "wrong": wrong, "categories": words.ids("category"), "look_back": LOOK_BACK.days, **shown}, status=422 if wrong else 200)


@role(*EDITORS)
@require_POST
def end(request: HttpRequest, ref: str) -> HttpResponse:
    """End a rule before its time."""
    row = get_object_or_404(IgnoreRule, ref=ref)
    try:
        ignore.end(row, actor(request), now())
        answers.done(request, f"{row.ref} を終了しました。次の検知から、また案件になります。", f"{row.ref} has ended: the next findings open cases again.")
    except Refused as e:
        answers.refused(request, e)
    return redirect("desk:ignore")


def _until(text: str) -> datetime:
    """Return the end of a day in Japan. Raises Refused: `expiry`."""
    try:
        return datetime.combine(datetime.fromisoformat(text).date(), time(23, 59, 59), JST)
    except ValueError:
        raise Refused("expiry", text) from None


def _shown(rule: ignore.Rule) -> dict[str, Any]:
    """Return what the preview says of a rule."""
    would = ignore.would_match(rule, now() - LOOK_BACK)
    sample = Finding.objects.filter(id__in=would.sample).select_related("report__reporter", "case_entry__case").order_by("-id")
    return {"would": would, "sample": sample, "per_category": would.categories.most_common(),
            "per_day": [(f"{d.month}/{d.day}", float(would.days[d])) for d in sorted(would.days)]}
