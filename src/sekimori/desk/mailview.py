"""A message made ready to be looked at: text only, spans marked, headers in order, the way it came annotated. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from sekimori.mime import Mail, read
from sekimori.tracing import trace
from sekimori.tracing.render import as_json
from sekimori.values.text import one_line, storable

MAX_TEXT = 60_000
MAX_HEADERS = 200
BIDI = dict.fromkeys(map(ord, "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\u200e\u200f\ufeff"), "\u241b")


@dataclass(slots=True)
class View:
    """What the page shows of one message."""

    headers: list[tuple[str, str]]
    texts: list[SafeString]
    parts: list[dict[str, Any]]
    defects: list[str]
    traces: list[tuple[str, dict[str, Any]]] = field(default_factory=list)


def mailview(raw: bytes, findings: Iterable[Any] = (), trusted: Sequence[str] = ()) -> View:
    """Read a message and return its View; addresses, times and other words that findings rest on are marked."""
    mail = read(raw)
    words = sorted({w for f in findings for w in _words(f) if len(w) > 3}, key=len, reverse=True)
    view = View(
        headers=[(f.name, clean(mail.headers.get(f.name) or "" if f.lower != "received" else f.raw.decode("latin-1"))) for f in list(mail.headers)[:MAX_HEADERS]],
        texts=[marked(clean_text(t[:MAX_TEXT]), words) for t in mail.texts()],
        parts=[{"type": p.type, "name": clean(p.filename or ""), "size": p.end - p.body_start, "depth": p.depth} for p in mail.walk()][:MAX_HEADERS],
        defects=[f"{d.code} {d.where}".strip() for d in mail.defects][:50])
    view.traces = [(label, as_json(trace(m, trusted))) for label, m in _originals(mail)]
    return view


def _originals(mail: Mail) -> list[tuple[str, Mail]]:
    inner = [p.message for p in mail.walk() if p.message is not None]
    return [("outer", mail), *(("enclosed", m) for m in inner[:5])]


def _words(finding: Any) -> list[str]:
    spans = [str(s.get("text", "")) for s in finding.spans if isinstance(s, dict)]
    return [finding.source_ip, finding.time_raw, finding.login, finding.queue_id, finding.message_id, *spans]


def clean(text: str) -> str:
    """Return one line with control and direction characters made visible (a hostile subject shows what it does)."""
    return one_line(text, 1000).translate(BIDI)


def clean_text(text: str) -> str:
    """Return many lines, likewise."""
    return "\n".join(clean(line) for line in storable(text).splitlines())


def marked(text: str, words: Sequence[str]) -> SafeString:
    """Return escaped HTML with each of `words` in a <mark>; longest first, so that no mark cuts another."""
    spots: list[tuple[int, int]] = []
    for word in words:
        at = text.find(word)
        while at >= 0 and len(spots) < 400:
            if all(at >= b or at + len(word) <= a for a, b in spots):
                spots.append((at, at + len(word)))
            at = text.find(word, at + len(word))
    out, last = [], 0
    for a, b in sorted(spots):
        out += [escape(text[last:a]), '<mark class="span-hit">', escape(text[a:b]), "</mark>"]
        last = b
    out.append(escape(text[last:]))
    return mark_safe("".join(out))  # noqa: S308 - every piece of text is escaped above
