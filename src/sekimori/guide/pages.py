"""Reads the guide's Markdown pages: front matter, cleaned HTML, windows. An operator's own pages take precedence.

A page is `pages/<language>/<slug>.md`: TOML front matter between two `+++` lines, then Markdown. A line
`[[windows: npa_cyber police_9110]]` becomes cards of those windows (windows.toml). `{provider}`, `{abuse}` and the periods of the
retention policy (`{connection_logs_days}` …) are filled in.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import nh3
from markdown_it import MarkdownIt

LANGUAGES = ("ja", "en")
SHIPPED = Path(str(files("sekimori.guide"))) / "pages"
SLUG = re.compile(r"[a-z][a-z-]{0,40}")
GROUPS = ("mail", "trouble", "report", "member")
_WINDOWS = re.compile(r"\[\[windows: ([a-z0-9_ ]{1,400})\]\]")
_KEYS = {"title", "summary", "group", "order", "revised", "sources", "audience"}
_TAGS = {"h2", "h3", "p", "ul", "ol", "li", "strong", "em", "a", "code", "pre", "table", "thead", "tbody", "tr", "th", "td", "blockquote", "hr", "br"}


class PageError(Exception):
    """A page or window is not complete: the start fails, not the reader."""


@dataclass(frozen=True, slots=True)
class Window:
    """A public window in one language."""

    code: str
    name: str
    purpose: str
    phone: str
    hours: str
    url: str
    note: str
    checked: date


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a page: cleaned HTML, or windows."""

    html: str = ""
    windows: tuple[Window, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """One page in one language."""

    slug: str
    language: str
    title: str
    summary: str
    group: str
    order: int
    revised: date
    sources: tuple[str, ...]
    headings: tuple[tuple[str, str], ...]
    pieces: tuple[Piece, ...]
    text: str
    """The Markdown with everything filled in: for tests and search."""


@lru_cache(maxsize=1)
def _windows() -> dict[str, dict[str, Any]]:
    return tomllib.loads((files("sekimori.guide") / "windows.toml").read_text(encoding="utf-8"))


def window(code: str, language: str) -> Window:
    """Return a window's facts in a language. Raises PageError for an unknown one."""
    entry = _windows().get(code)
    if entry is None:
        raise PageError(f"no window {code!r}")
    return Window(code, entry["name"][language], entry["for"][language], entry["phone"], entry["hours"][language], entry["url"],
                  entry["note"][language], entry["checked"])


def window_codes() -> tuple[str, ...]:
    """Return the ids of all windows."""
    return tuple(_windows())


@lru_cache(maxsize=8)
def load(provider: tuple[str, str], facts: tuple[tuple[str, str], ...], own: Path | None = None) -> dict[tuple[str, str], Page]:
    """Return all pages by (language, slug).

    `provider` = its name in ja and en; `facts` = what `{names}` in pages stand for; `own` = an operator's folder of pages.

    Raises PageError, naming the file, where one is incomplete.
    """
    found: dict[tuple[str, str], Page] = {}
    for folder in filter(None, (SHIPPED, own)):
        for number, language in enumerate(LANGUAGES):
            for path in sorted((folder / language).glob("*.md")):
                if not SLUG.fullmatch(path.stem):
                    raise PageError(f"{path}: a page's name is lower-case letters and hyphens")
                source = path.read_text(encoding="utf-8")
                try:
                    found[language, path.stem] = parse(source, path.stem, language, provider[number], facts)
                except (PageError, KeyError, tomllib.TOMLDecodeError) as e:
                    raise PageError(f"{path}: {e}") from e
    return found


def parse(source: str, slug: str, language: str, provider: str, facts: tuple[tuple[str, str], ...] = ()) -> Page:
    """Return one page from its source. Raises PageError."""
    pieces = source.split("+++\n", 2)
    if len(pieces) != 3 or pieces[0].strip():
        raise PageError("front matter between two +++ lines is missing")
    front = tomllib.loads(pieces[1])
    if set(front) - _KEYS or {"title", "summary", "group", "order", "revised"} - set(front):
        raise PageError(f"front matter has or lacks {sorted(set(front) ^ _KEYS)}")
    if front["group"] not in GROUPS:
        raise PageError(f"group {front['group']!r} is none of {GROUPS}")
    body = pieces[2]
    for name, value in (("provider", provider), *facts):
        body = body.replace(f"{{{name}}}", value)
    headings: list[tuple[str, str]] = []
    out: list[Piece] = []
    spoken = body
    for i, part in enumerate(_WINDOWS.split(body)):
        if i % 2:
            shown = tuple(window(code, language) for code in part.split())
            out.append(Piece(windows=shown))
            spoken += "\n".join(f"{w.name} {w.purpose}" for w in shown)
        elif part.strip():
            out.append(Piece(html=_html(part, headings)))
    return Page(slug, language, front["title"].replace("{provider}", provider), front["summary"].replace("{provider}", provider), front["group"],
                front["order"], front["revised"], tuple(front.get("sources", ())), tuple(headings), tuple(out), spoken)


def _html(markdown: str, headings: list[tuple[str, str]]) -> str:
    md = MarkdownIt("commonmark", {"html": False}).enable("table")
    html = nh3.clean(md.render(markdown), tags=_TAGS, attributes={"*": set(), "a": {"href"}}, url_schemes={"https", "mailto"}, link_rel="noreferrer noopener")

    def numbered(m: re.Match[str]) -> str:
        headings.append((f"s{len(headings) + 1}", re.sub(r"<[^>]{1,200}>", "", m[1])))
        return f'<h2 id="{headings[-1][0]}">{m[1]}</h2>'

    return re.sub(r"<h2>(.{1,300}?)</h2>", numbered, html).replace("<table>", '<div class="scroll"><table>').replace("</table>", "</table></div>")
