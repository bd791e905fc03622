"""HTML mail to plain text: one pass, no tree. Links are shown with their target; scripts and styles are dropped."""

from __future__ import annotations

import html
import re

from .limits import DEFAULT, Limits

# A comment's start, a tag (quotes may hide a `>`; unpaired ones may not), or text.
_TOKEN = re.compile(
    r"(<!--)|(<[!?/]?[A-Za-z?!\[](?:[^>\"']*+(?:(?:\"[^\"]*+\"|'[^']*+')[^>\"']*+)*+>|[^>]*+>?))|(?:[^<]++|<(?!!--|[!?/]?[A-Za-z?!\[]))++")
_NAME = re.compile(r"</?\s*+([A-Za-z][A-Za-z0-9:-]{0,30})")
_ATTRIBUTE = re.compile(r"""\s(href|alt|src)\s{0,9}=\s{0,9}(?:"([^"]{0,4000})"|'([^']{0,4000})'|([^\s"'>]{1,4000}))""", re.IGNORECASE)
_SPACE = re.compile(r"[ \t\r\n\f\v]+")
_BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
_BLOCKS = frozenset(
    "address article aside blockquote body center dd div dl dt fieldset figure footer form h1 h2 h3 h4 h5 h6 header hr html "  # noqa: SIM905 — a table of words
    "li main nav ol p pre section table tbody td tfoot th thead title tr ul".split())
_CELLS = frozenset(("td", "th"))
_DROPPED = frozenset("script style head noscript template svg math object embed iframe audio video select".split())  # noqa: SIM905
_CLOSE = {name: re.compile("</" + name, re.IGNORECASE) for name in ("script", "style")}
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())  # noqa: SIM905


def html_to_text(source: str, limits: Limits = DEFAULT) -> tuple[str, str]:
    """Return (text, defect code or ""): block elements give lines, cells tabs, `<a>` its text and `<target>`.

    Nothing is fetched. Beyond the limits the rest is left out.
    """
    defect = ""
    if len(source) > limits.html:
        source, defect = source[:limits.html], "over_limit:html"
    out: list[str] = []
    size = depth = 0
    dropped = ""
    dropped_depth = 0
    pre = 0
    target = ""
    target_at = 0
    at, end = 0, len(source)
    while at < end:
        m = _TOKEN.match(source, at)
        if m is None:
            break
        piece = m.group()
        at = m.end()
        if m.lastindex == 1:
            comment_end = source.find("-->", at)
            at = comment_end + 3 if comment_end >= 0 else end
            continue
        if m.lastindex is None:
            if not dropped:
                text = html.unescape(piece)
                if not pre:
                    text = _SPACE.sub(" ", text)
                    text = text.lstrip(" ") if not out or out[-1][-1] == "\n" else text
                if not text:
                    continue
                out.append(text)
                size += len(text)
                if size > limits.html_text:
                    defect = "over_limit:html_text"
                    break
            continue
        named = _NAME.match(piece)
        if named is None:
            continue
        name = named.group(1).lower()
        closing = piece[1] == "/"
        if dropped:
            if name == dropped:
                dropped_depth += -1 if closing else (0 if piece[-2:] == "/>" else 1)
                if dropped_depth <= 0:
                    dropped = ""
            elif name == "body" and dropped == "head":
                dropped = ""
            continue
        if not closing and name in _CLOSE:
            close = _CLOSE[name].search(source, at)
            at = close.start() if close is not None else end
            continue
        if not closing and name in _DROPPED and piece[-2:] != "/>" and name not in _VOID:
            dropped, dropped_depth = name, 1
            continue
        if name not in _VOID:
            depth = max(depth + (-1 if closing else 1), 0)
            if depth > limits.html_depth and not defect:
                defect = "over_limit:html_depth"
        if name == "br":
            out.append("\n")
        elif name in _CELLS:
            if closing:
                out.append("\t")
        elif name in _BLOCKS:
            out.append("\n")
            if name == "li" and not closing:
                out.append("- ")
            pre = max(pre + (-1 if closing else 1), 0) if name == "pre" else pre
        elif name == "a":
            if closing and target:
                shown = "".join(out[target_at:]).strip()
                if target not in (shown, "mailto:" + shown):
                    out.append(f" <{target}>")
                    size += len(target) + 3
                target = ""
            elif not closing:
                target, target_at = _attribute(piece, "href"), len(out)
        elif name == "img":
            alt = _attribute(piece, "alt")
            if alt:
                out.append(f"[{alt}]")
                size += len(alt) + 2
    return _tidy("".join(out)), defect


def _attribute(piece: str, name: str) -> str:
    for m in _ATTRIBUTE.finditer(piece):
        if m.group(1).lower() == name:
            return _SPACE.sub(" ", html.unescape(m.group(2) or m.group(3) or m.group(4) or "")).strip()
    return ""


def _tidy(text: str) -> str:
    text = text.replace("\u00a0", " ").replace("\u200b", "")
    lines = [line.rstrip() for line in text.split("\n")]
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip("\n")
