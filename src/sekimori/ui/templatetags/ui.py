"""Template tags and filters of all pages: both languages side by side, times in JST, words of the catalogues."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from sekimori import words
from sekimori.ui import charts
from sekimori.values import clock

register = template.Library()


@register.simple_tag
def t(ja: str, en: str, **values: Any) -> str:
    """`{% t "あと{n}日" "{n} days left" n=days %}`: the text of the page's language; values are escaped."""
    text = ja if get_language() == "ja" else en
    return format_html(text, **values) if values else text


@register.filter
def say(code: Any, kind: str) -> str:
    """`{{ case.state|say:"case_state" }}`: the words for a stable id in the page's language; the id itself if unknown."""
    return words.say(kind, str(code), get_language() or "ja")


@register.filter
def jst(instant: datetime | None, how: str = "full") -> str:
    """An instant in JST with its zone: `full` to the second, `minute`, or `date`; "" for None."""
    if instant is None:
        return ""
    return words.jst(instant, get_language() or "ja", how)


@register.filter
def timetag(instant: datetime | None, how: str = "full") -> SafeString | str:
    """Like `jst`, wrapped in a `<time>` element with the UTC instant for machines."""
    if instant is None:
        return ""
    return format_html('<time datetime="{}">{}</time>', clock.iso(instant), jst(instant, how))


@register.simple_tag
def bars(points: Any, title: str, unit: str = "") -> SafeString:
    """A bar chart of (label, value) pairs as inline SVG with its table for screen readers."""
    return charts.bars(points, title=str(conditional_escape(title)), unit=unit)


@register.simple_tag
def line(points: Any, title: str, unit: str = "") -> SafeString:
    """A line chart of (label, value) pairs as inline SVG with its table for screen readers."""
    return charts.line(points, title=str(conditional_escape(title)), unit=unit)
