"""The web form for reports: kept durably before the answer, and the same answer for everybody."""

from __future__ import annotations

import re

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from sekimori.guide.compose import CONSENTS, Filled, message, number
from sekimori.guide.forms import ReportForm
from sekimori.intake.doors import http
from sekimori.settings import current
from sekimori.work.clock import shared

_NUMBER = re.compile(r"(?:[0-9A-F]{4}-){3}[0-9A-F]{4}")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def form(request: HttpRequest, language: str) -> HttpResponse:
    """Show the form; keep what was sent; then the receipt page. What is answered depends on the form alone."""
    filled = ReportForm(request.POST or None, request.FILES or None, language=language)
    if request.method == "POST" and filled.is_valid():
        settings, now = current(), shared().now()
        raw = message(_filled(filled, language), to=settings.abuse_address, domain=settings.provider.domains[0], now=now)
        http.receive(raw, peer=request.META.get("REMOTE_ADDR", ""), now=now, door="form")
        return HttpResponseRedirect(f"/{language}/report/received/?n={number(raw)}")
    return render(request, "guide/report.html", {"form": filled, "consents": [filled[c] for c in CONSENTS], "at": "report"}, status=400 if request.method == "POST" else 200)


@never_cache
@require_safe
def received(request: HttpRequest, language: str) -> HttpResponse:
    """The receipt: the number, and what happens now."""
    shown = request.GET.get("n", "")
    if not _NUMBER.fullmatch(shown):
        raise Http404
    return render(request, "guide/received.html", {"number": shown, "at": "report"})


def _filled(form: ReportForm, language: str) -> Filled:
    data = form.cleaned_data
    file = data["file"]
    return Filled(
        language=language, kind=data["kind"], text=data["text"], source=data["source"], address=data["address"],
        port="" if data["port"] is None else str(data["port"]), seen_at=data["seen_at"], zone=data["zone"], url=data["url"],
        contact=data["contact"], name=data["name"], consents=tuple(c for c in CONSENTS if data[c]),
        files=((file.name, file.read()),) if file is not None else (), odd=bool(data["website"]))
