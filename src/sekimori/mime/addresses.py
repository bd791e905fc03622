"""Mailboxes of address fields (RFC 5322 §3.4), read in one pass; what cannot be read is left out."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .encoded import decode_words, one_line

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"?|[()<>,;:]|[^"()<>,;:]+', re.DOTALL)
_QUOTED = re.compile(r"\\(.)", re.DOTALL)
MAX_TOKENS = 10_000


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A name to show (decoded) and an address (`local@domain`, domain in lower case)."""

    display: str
    address: str


def parse_mailboxes(text: str, limit: int) -> tuple[list[Mailbox], bool]:
    """Return (mailboxes, whether more than `limit` stood there) of an unfolded field before RFC 2047 decoding.

    Groups are opened up, comments count as display names where there is no other, source routes are cut off.
    """
    out: list[Mailbox] = []
    words: list[str] = []
    comments: list[str] = []
    angle: list[str] | None = None
    address = ""
    depth = 0

    def finish() -> None:
        nonlocal address, angle
        found = address or ("".join(angle) if angle is not None else "")
        display = " ".join(w for w in (w.strip() for w in words) if w)
        quoted = next((w for w in words if w[:1] == '"' and '"@' in w), "")
        if not found and quoted:
            found, display = quoted.split()[0] if '"@' in quoted.split()[0] else quoted, ""
        if not found:
            bare = [w for w in display.split() if "@" in w]
            found, display = (bare[-1] if bare else ""), " ".join(w for w in display.split() if "@" not in w)
        found = _clean(found)
        if found:
            if not display and comments:
                display = " ".join(c for c in comments if c)
            out.append(Mailbox(one_line(decode_words(display)[0]).strip(), found))
        words.clear()
        comments.clear()
        address, angle = "", None

    for count, m in enumerate(_TOKEN.finditer(text)):
        if count > MAX_TOKENS or len(out) >= limit:
            return out[:limit], True
        piece = m.group()
        first = piece[0]
        if depth:
            depth += (piece == "(") - (piece == ")")
            if depth and first not in '()"':
                comments.append(piece.strip())
        elif piece == "(":
            depth = 1
        elif angle is not None and piece == ">":
            address, angle = "".join(angle), None
        elif angle is not None and (piece not in ",;" or (angle and angle[0][:1] == "@")):
            angle.append(piece)
        elif piece == "<":
            angle = []
        elif piece in ",;":
            finish()
        elif piece == ":":
            words.clear()
        elif piece[0] == "@" and words and words[-1][-1:] == '"':
            words[-1] += piece.rstrip()
        elif piece not in (")", ">"):
            words.append(_bare(piece, text[m.end():m.end() + 1]) if first == '"' else piece)
    finish()
    return out, False


def _bare(piece: str, following: str) -> str:
    """Take the quotes off a display name; a quoted local part (`"a b"@example`) keeps them."""
    if following == "@":
        return piece
    return _QUOTED.sub(r"\1", piece[1:-1] if len(piece) > 1 and piece[-1] == '"' else piece[1:])


def _clean(address: str) -> str:
    address = one_line(address).strip().strip("<>").strip()
    if address[:1] == "@" and ":" in address:
        address = address.split(":", 1)[1]
    local, at, domain = address.rpartition("@")
    if not at or not local or not domain or len(address) > 1000:
        return ""
    return f"{local.strip()}@{domain.strip().rstrip('.').lower()}"
