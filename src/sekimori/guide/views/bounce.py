"""The MAILER-DAEMON page: what a pasted failure means, who must act. Judges the octets alone and keeps nothing."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from sekimori.bounces import parse
from sekimori.bounces.explain.catalogue import Language
from sekimori.bounces.explain.clients import client_errors
from sekimori.bounces.explain.explaining import Explanation, explain
from sekimori.bounces.explain.verdicts import verdict_words
from sekimori.bounces.provenance.model import Known
from sekimori.bounces.provenance.rules import judge
from sekimori.guide.forms import PasteForm
from sekimori.guide.masking import mask
from sekimori.mime import read
from sekimori.settings import current

RECIPIENTS_SHOWN = 5


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def explainer(request: HttpRequest, language: str) -> HttpResponse:
    """Show the box, and below it the explanation."""
    filled = PasteForm(request.POST or None, request.FILES or None, language=language)
    found = None
    if request.method == "POST" and filled.is_valid():
        raw = filled.octets()
        filled = PasteForm(language=language)  # what was pasted is not sent back
        found = meaning(raw, "ja" if language == "ja" else "en") if raw.strip() else {"empty": True}
    return render(request, "guide/bounce.html", {"form": filled, "found": found, "at": "bounce"})


def meaning(raw: bytes, language: Language) -> dict[str, object]:
    """Return what the page shows. No log is asked: known and unknown ids are answered alike."""
    mail = read(raw.lstrip())
    bounce = parse(mail, pasted=True)
    judgement = judge(mail, bounce, Known(domains=frozenset(d.lower() for d in current().provider.domains)))
    words = verdict_words(judgement, language)
    told = [explain(f, language) for f in bounce.failures[:RECIPIENTS_SHOWN]]
    return {
        "provenance": judgement.provenance.value, "title": mask(words.title), "text": mask(words.text), "evidence": [mask(e) for e in words.evidence],
        "verdict": bounce.verdict, "recipients": [_shown(e) for e in told], "more": max(0, len(bounce.failures) - RECIPIENTS_SHOWN),
        "clients": client_errors(raw[:100_000].decode("utf-8", "replace"), language),
    }


def _shown(e: Explanation) -> dict[str, object]:
    return {
        "recipient": mask(e.recipient), "title": mask(e.title), "why": mask(e.why), "who": e.who, "who_words": e.who_words, "action": e.action,
        "steps": [mask(s) for s in e.steps], "retry": mask(e.retry), "tell": mask(e.tell), "call": mask(e.call), "never_reply": e.never_reply,
        "provider": e.provider, "diagnostic": marked(e), "glosses": [(mask(g.words), g.meaning) for g in e.glosses],
    }


def marked(e: Explanation) -> SafeString:
    """Return the server's words with each explained phrase marked; everything escaped and masked."""
    pieces: list[tuple[str, str]] = []
    at = 0
    for g in sorted(e.glosses, key=lambda g: g.start):
        if g.start < at:
            continue
        pieces += [("", e.diagnostic[at:g.start]), (g.meaning, e.diagnostic[g.start:g.end])]
        at = g.end
    pieces.append(("", e.diagnostic[at:]))
    return format_html_join("", "{}", ((format_html('<mark title="{}">{}</mark>', meaning, mask(text)) if meaning else mask(text),)
                                       for meaning, text in pieces if text))
