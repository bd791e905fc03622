"""What every template may use without asking."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language

from sekimori.settings import current
from sekimori.ui.language import other_path


def page(request: HttpRequest) -> dict[str, Any]:
    """Return `language`, `other_language`, `other_url` ("" = by the switch's form), and `provider` with its `name`."""
    shown = get_language() or current().desk.language
    provider = current().provider
    return {
        "language": shown,
        "other_language": "en" if shown == "ja" else "ja",
        "other_url": other_path(request.path),
        "provider": provider,
        "provider_name": provider.name_ja if shown == "ja" else provider.name_en,
        "abuse_address": current().abuse_address,
    }
