"""The guide's pages for a request: this provider's name filled in, an operator's own pages first."""

from __future__ import annotations

from dataclasses import fields

from sekimori.guide.pages import GROUPS, Page, load
from sekimori.policy import Retention, retention
from sekimori.settings import current


def all_pages() -> dict[tuple[str, str], Page]:
    """Return all pages by (language, slug). Raises PageError for an incomplete one."""
    settings = current()
    own = settings.data / "guide"
    return load((settings.provider.name_ja, settings.provider.name_en), _facts(), own if own.is_dir() else None)


def _facts() -> tuple[tuple[str, str], ...]:
    periods = ((f.name, str(getattr(retention(), f.name))) for f in fields(Retention))
    return (("abuse", current().abuse_address), *periods)


def page(language: str, slug: str) -> Page | None:
    """Return one page, or None."""
    return all_pages().get((language, slug))


def groups(language: str) -> list[tuple[str, list[Page]]]:
    """Return (group, its pages in order) for a language."""
    mine = [p for (lang, _), p in all_pages().items() if lang == language]
    return [(g, sorted((p for p in mine if p.group == g), key=lambda p: (p.order, p.slug))) for g in GROUPS]
