"""The MAILER-DAEMON page: what a pasted failure means, who must act. Judges the octets alone and keeps nothing."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from sekimori.bounces.explain.explaining import Explanation
from sekimori.bounces.page import explain_pasted, public_knowledge
from sekimori.guide.forms import PasteForm
from sekimori.settings import current


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def explainer(request: HttpRequest, language: str) -> HttpResponse:
    """Show the box, and below it the explanation."""
    filled = PasteForm(request.POST or None, request.FILES or None, language=language)
    found = None
    if request.method == "POST" and filled.is_valid():
        raw = filled.octets()
        filled = PasteForm(language=language)  # what was pasted is not sent back
        found = meaning(raw, language) if raw.strip() else {"empty": True}
    return render(request, "guide/bounce.html", {"form": filled, "found": found, "at": "bounce"})


def meaning(raw: bytes, language: str) -> dict[str, object]:
    """Return what the page shows. No log is asked: known and unknown ids are answered alike."""
    view = explain_pasted(raw, "ja" if language == "ja" else "en", public_knowledge(current()))
    return {"view": view, "lines": [(line, marked(line.explanation)) for line in view.lines]}


def marked(e: Explanation) -> SafeString:
    """Return the server's words with each explained phrase marked; everything escaped."""
    pieces: list[tuple[str, str]] = []
    at = 0
    for g in sorted(e.glosses, key=lambda g: g.start):
        if g.start < at:
            continue
        pieces += [("", e.diagnostic[at:g.start]), (g.meaning, e.diagnostic[g.start:g.end])]
        at = g.end
    pieces.append(("", e.diagnostic[at:]))
    return format_html_join("", "{}", ((format_html('<mark title="{}">{}</mark>', meaning, text) if meaning else text,)
                                       for meaning, text in pieces if text))
