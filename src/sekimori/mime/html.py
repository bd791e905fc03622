"""HTML mail to plain text: one pass, no tree. Links are shown with their target; scripts and styles are dropped."""

from __future__ import annotations

import html
import re

from .limits import DEFAULT, Limits

# A comment's start, a tag (quotes may hide a `>`; unpaired ones may not), or text.
_TOKEN = re.compile(
    r"(<!--)|(<[!?/]?[A-Za-z?!\[](?:[^>\"']*+(?:(?:\"[^\"]*+\"|'[^']*+')[^>\"']*+)*+>|[^>]*+>?))|(?:[^<]++|<(?!!--|[!?/]?[A-Za-z?!\[]))++")
_NAME = re.compile(r"</?\s*+([A-Za-z][A-Za-z0-9:-]{0,30})")
_ATTRIBUTE = re.compile(r"""\s(href|alt)\s{0,9}=\s{0,9}(?:"([^"]{0,4000})"|'([^']{0,4000})'|([^\s"'>]{1,4000}))""", re.IGNORECASE)
_SPACE = re.compile(r"[ \t\r\n\f\v]+")
_BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
_BLOCKS = frozenset((
    "address", "article", "aside", "blockquote", "body", "center", "dd", "div", "dl", "dt", "fieldset", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6",
    "header", "hr", "html", "li", "main", "nav", "ol", "p", "pre", "section", "table", "tbody", "tfoot", "thead", "title", "tr", "ul"))
_DROPPED = frozenset(("head", "noscript", "template", "svg", "math", "object", "embed", "iframe", "audio", "video", "select"))
#: what is inside is no markup: only its own end tag ends it
_RAW_END = {name: re.compile("</" + name, re.IGNORECASE) for name in ("script", "style")}
_VOID = frozenset(("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"))


def html_to_text(source: str, limits: Limits = DEFAULT) -> tuple[str, str]:
    """Return (text, defect code or ""): block elements give lines, cells tabs, `<a>` its text and `<target>`.

    Nothing is fetched. Beyond the limits the rest is left out.
    """
    writer = _Writer(limits)
    if len(source) > limits.html:
        source, writer.defect = source[:limits.html], "over_limit:html"
    at, end = 0, len(source)
    while at < end and writer.size <= limits.html_text:
        m = _TOKEN.match(source, at)
        if m is None:
            break
        at = m.end()
        if m.lastindex is None:
            writer.text(m.group())
        elif m.lastindex == 1:
            close = source.find("-->", at)
            at = close + 3 if close >= 0 else end
        else:
            until = writer.tag(m.group())
            if until is not None:
                raw_end = until.search(source, at)
                at = raw_end.start() if raw_end is not None else end
    if writer.size > limits.html_text:
        writer.defect = "over_limit:html_text"
    return writer.finish(), writer.defect


class _Writer:
    """What has been written so far, and what is open."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.defect = ""
        self.size = 0
        self.out: list[str] = []
        self.depth = 0
        self.dropped = ""
        self.dropped_depth = 0
        self.pre = 0
        self.target = ""
        self.target_at = 0

    def write(self, text: str) -> None:
        if text:
            self.out.append(text)
            self.size += len(text)

    def text(self, piece: str) -> None:
        """Write text between tags; white space counts only within `<pre>`."""
        if self.dropped:
            return
        text = html.unescape(piece)
        if not self.pre:
            text = _SPACE.sub(" ", text)
            if not self.out or self.out[-1][-1] == "\n":
                text = text.lstrip(" ")
        self.write(text)

    def tag(self, piece: str) -> re.Pattern[str] | None:
        """Act on a tag; return the pattern up to which everything is to be skipped, or None."""
        named = _NAME.match(piece)
        if named is None:
            return None
        name, closing, empty = named.group(1).lower(), piece[1] == "/", piece[-2:] == "/>"
        if self.dropped:
            self._within_dropped(name, closing, empty)
            return None
        if not closing and name in _RAW_END:
            return _RAW_END[name]
        if not closing and not empty and name in _DROPPED and name not in _VOID:
            self.dropped, self.dropped_depth = name, 1
            return None
        if name not in _VOID:
            self.depth = max(self.depth + (-1 if closing else 1), 0)
            if self.depth > self.limits.html_depth and not self.defect:
                self.defect = "over_limit:html_depth"
        self._element(name, closing, piece)
        return None

    def _within_dropped(self, name: str, closing: bool, empty: bool) -> None:
        if name == self.dropped:
            self.dropped_depth += -1 if closing else 0 if empty else 1
            if self.dropped_depth <= 0:
                self.dropped = ""
        elif name == "body" and self.dropped == "head":
            # A head that is not closed must not hide the letter.
            self.dropped = ""

    def _element(self, name: str, closing: bool, piece: str) -> None:
        if name == "br":
            self.write("\n")
        elif name in ("td", "th"):
            self.write("\t" if closing else "")
        elif name in _BLOCKS:
            self.write("\n- " if name == "li" and not closing else "\n")
            if name == "pre":
                self.pre = max(self.pre + (-1 if closing else 1), 0)
        elif name == "a":
            self._link(closing, piece)
        elif name == "img":
            alt = _attribute(piece, "alt")
            self.write(f"[{alt}]" if alt else "")

    def _link(self, closing: bool, piece: str) -> None:
        if closing and self.target:
            shown = "".join(self.out[self.target_at:]).strip()
            if self.target not in (shown, "mailto:" + shown):
                self.write(f" <{self.target}>")
            self.target = ""
        elif not closing:
            self.target, self.target_at = _attribute(piece, "href"), len(self.out)

    def finish(self) -> str:
        """Return the text: no blanks at line ends, at most one empty line in a row."""
        text = "".join(self.out).replace("\u00a0", " ").replace("\u200b", "")
        return _BLANK_LINES.sub("\n\n", "\n".join(line.rstrip() for line in text.split("\n"))).strip("\n")


def _attribute(piece: str, name: str) -> str:
    for m in _ATTRIBUTE.finditer(piece):
        if m.group(1).lower() == name:
            return _SPACE.sub(" ", html.unescape(m.group(2) or m.group(3) or m.group(4) or "")).strip()
    return ""
