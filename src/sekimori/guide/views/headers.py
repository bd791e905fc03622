"""The header doctor: where a mail came from, in plain words. Keeps nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from sekimori.bounces.masking import mask_all
from sekimori.guide.forms import PasteForm
from sekimori.mime import read
from sekimori.network import store
from sekimori.settings import current
from sekimori.tracing import Trace, trace
from sekimori.tracing.render import as_json
from sekimori.values.addresses import special
from sekimori.values.clock import micros
from sekimori.work.clock import shared

HOPS_SHOWN = 30
AGE_MOST = timedelta(days=14)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def doctor(request: HttpRequest, language: str) -> HttpResponse:
    """Show the box, and below it what the pasted header says."""
    filled = PasteForm(request.POST or None, request.FILES or None, language=language)
    found = None
    if request.method == "POST" and filled.is_valid():
        raw = filled.octets()
        filled = PasteForm(language=language)  # what was pasted is not sent back
        found = explain(raw, language, shared().now()) if raw.strip() else {"empty": True}
    return render(request, "guide/headers.html", {"form": filled, "found": found, "at": "headers"})


def explain(raw: bytes, language: str, now: datetime) -> dict[str, object]:
    """Return what the page shows: the way of the mail, whose network it came from, what is odd, what to do."""
    table = store.current()
    mail = read(raw.lstrip())
    way = trace(mail, (*table.relays(micros(now)), *current().mail.trusted_relays), now=now)
    shown = as_json(way)
    hops = [{**told, "name": mask_all(str(told["from"] or told["helo"] or "")), "at": hop.stamp.at if hop.stamp is not None else None}
            for told, hop in zip(shown["hops"][:HOPS_SHOWN], way.hops, strict=False)]
    return {
        "way": shown, "hops": hops,
        "at": way.time, "aware": way.time is not None and way.time.tzinfo is not None,
        "whose": whose(way, now), "old": _old(way, now),
        "flags": [mask_all(flag.why(language)) for flag in way.flags], "from_line": mask_all(mail.headers.get("from") or "")[:200],
        "relay": way.relay is not None,
    }


def whose(way: Trace, now: datetime) -> str:
    """Return `ours other special unknown`: by public prefixes only, never by contracts."""
    if way.injected_by is None:
        return "ours" if way.relay is not None else "unknown"
    at = way.time if way.time is not None and way.time.tzinfo is not None else now
    lo, hi = micros(at - timedelta(minutes=10)), micros(at + timedelta(minutes=10))
    if store.current().match(way.injected_by, lo, hi).ours:
        return "ours"
    return "special" if special(way.injected_by) in ("private", "shared", "loopback", "link_local") else "other"


def _old(way: Trace, now: datetime) -> bool:
    return way.time is not None and way.time.tzinfo is not None and now - way.time > AGE_MOST
