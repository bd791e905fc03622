"""Headers that every answer carries, and the language of every page."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

from sekimori.settings import current
from sekimori.ui import language

CSP = ("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; "
       "frame-ancestors 'none'; base-uri 'none'")
"""Nothing from elsewhere, nothing inline: a hostile mail shown by mistake can neither run nor call home."""

Next = Callable[[HttpRequest], HttpResponse]


class SecurityHeaders:
    """Sets the content security policy and its companions where a view has not set a stricter one of its own."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request with the headers set."""
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", CSP)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=(), interest-cohort=()")
        if request.path.startswith(("/desk/", "/my/")):
            response.headers["Cache-Control"] = "no-store"
        return response


class Language:
    """Chooses the language: the path says it, else the cookie of the switch, else Accept-Language, else the desk's."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request in its language."""
        chosen = language.from_path(request.path)
        cookie = request.COOKIES.get(language.COOKIE, "")
        if not chosen:
            chosen = cookie if cookie in language.LANGUAGES else language.negotiate(
                request.headers.get("Accept-Language", ""), current().desk.language)
            negotiated = True
        else:
            negotiated = False
        with translation.override(chosen):
            request.LANGUAGE_CODE = chosen
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", chosen)
        if negotiated:
            patch_vary_headers(response, ("Accept-Language", "Cookie"))
        return response
