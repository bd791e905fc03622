"""Filters that only the desk needs."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from sekimori import words
from sekimori.ui.templatetags.ui import timetag

register = template.Library()


@register.filter
def pretty(value: Any) -> str:
    """A JSON value over several lines, Japanese kept readable."""
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True, default=str)


@register.filter
def isotag(text: str) -> SafeString | str:
    """An ISO 8601 text with zone as `timetag` shows it; the text itself where it is none."""
    try:
        return timetag(datetime.fromisoformat(str(text)), "minute")
    except ValueError:
        return str(text)


@register.filter
def anytime(value: Any) -> SafeString | str:
    """A time that may lack a zone, or be a text, or be missing: with zone in JST, else as it stands with a mark."""
    if value is None or value == "":
        return "—"
    if isinstance(value, str):
        return isotag(value)
    if isinstance(value, datetime) and value.tzinfo is None:
        return f"{value:%Y-%m-%d %H:%M:%S} (?)"
    return timetag(value)


@register.filter
def cat(category: str, kind: str) -> str:
    """`{{ f.category|cat:f.type }}`: the words for a kind of finding."""
    return words.say("category", f"{category}/{kind}", get_language() or "ja")


@register.filter
def who(actor: str) -> str:
    """`{{ event.actor|who }}`: an officer's name, else what kind of actor it was (`stage:cases.open` as the stage's words)."""
    language = get_language() or "ja"
    kind, _, name = str(actor).partition(":")
    if kind == "officer" and name:
        return name
    if kind == "stage" and words.has("stage", name):
        return f"{words.say('actor', 'stage', language)} · {words.say('stage', name, language)}"
    return words.say("actor", kind, language)
