"""One sentence of answer after an act: done, or why not."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import get_language

from sekimori import words
from sekimori.values.outcomes import Refused


def language() -> str:
    """Return the language of the page: `ja` or `en`."""
    return "ja" if get_language() == "ja" else "en"


def done(request: HttpRequest, ja: str, en: str) -> None:
    """Say that an act was done."""
    messages.success(request, ja if language() == "ja" else en)


def why(code: str) -> str:
    """Return why an act was refused, in words."""
    return words.say("refused", code, language())


def refused(request: HttpRequest, e: Refused) -> None:
    """Say why an act was not done."""
    messages.error(request, why(e.code))
