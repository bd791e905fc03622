"""The guide: front page and pages."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from sekimori.guide import catalogue
from sekimori.settings import current
from sekimori.ui.language import COOKIE, LANGUAGES, negotiate


@require_safe
def root(request: HttpRequest) -> HttpResponse:
    """Send `/` to the front page in the visitor's language."""
    cookie = request.COOKIES.get(COOKIE, "")
    language = cookie if cookie in LANGUAGES else negotiate(request.headers.get("Accept-Language", ""), current().desk.language)
    response = HttpResponseRedirect(f"/{language}/")
    patch_vary_headers(response, ("Accept-Language", "Cookie"))
    return response


@require_safe
def front(request: HttpRequest, language: str) -> HttpResponse:
    """The front page."""
    return render(request, "guide/front.html", {"groups": catalogue.groups(language), "at": "front"})


@require_safe
def page(request: HttpRequest, language: str, slug: str) -> HttpResponse:
    """One page of the guide."""
    found = catalogue.page(language, slug)
    if found is None:
        raise Http404
    return render(request, "guide/page.html", {"page": found, "groups": catalogue.groups(language)})
