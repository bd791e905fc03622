"""A victim asks that records be kept. Filed, frozen by the stage, answered "received" and nothing else, to everybody."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from sekimori.disclosure import service
from sekimori.guide.forms import PreserveForm
from sekimori.values.actors import Actor
from sekimori.work.clock import shared

BY = Actor("reporter", "form")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def form(request: HttpRequest, language: str) -> HttpResponse:
    """Show the form; file the request. Whether any record matches is decided later and told to nobody."""
    filled = PreserveForm(request.POST or None, language=language)
    if request.method == "POST" and filled.is_valid():
        data = filled.cleaned_data
        if not data["website"]:
            service.receive("victim_preservation", shared().now(), BY, window=data["window"],
                            asker=f"{data['contact']}\n\n{data['what']}")
        return HttpResponseRedirect(f"/{language}/preserve/received/")
    return render(request, "guide/preserve.html", {"form": filled, "at": "preserve"}, status=400 if request.method == "POST" else 200)


@never_cache
@require_safe
def received(request: HttpRequest, language: str) -> HttpResponse:
    """Say that it was received."""
    return render(request, "guide/preserved.html", {"at": "preserve"})
