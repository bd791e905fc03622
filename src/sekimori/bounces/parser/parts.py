"""A notice taken apart: the words for people, the fields for programs, the returned message."""

from __future__ import annotations

from dataclasses import dataclass, field

from sekimori.mime import Mail, Part, read

from .folding import MAX_TEXT
from .model import Original
from .original import from_mail, from_words, header_line

_STATUS = frozenset(("message/delivery-status", "message/global-delivery-status"))
_HEADERS = frozenset(("text/rfc822-headers", "text/rfc822-header", "message/global-headers", "message/rfc822-headers"))
_RECEIPTS = frozenset(("message/disposition-notification", "message/global-disposition-notification"))


@dataclass(slots=True)
class Pieces:
    """What a notice consists of."""

    words: list[tuple[int, str]] = field(default_factory=list)
    """(octet offset of the part, its text) of each part for people."""
    status: list[tuple[int, str]] = field(default_factory=list)
    feedback: list[str] = field(default_factory=list)
    receipt: bool = False
    refusal: bool = False
    """A receipt says that a program deleted the mail unread: so Sieve's reject (RFC 5429 section 2.1.2) and full mailboxes answer."""
    original: Original = field(default_factory=Original)
    messages: list[Mail] = field(default_factory=list)


def take_apart(mail: Mail) -> Pieces:
    """Return the pieces of a notice; messages inside are not entered. Bounded by the reader's limits."""
    pieces = Pieces()
    stack: list[Part] = [mail.root]
    size = 0
    while stack:
        part = stack.pop()
        kind = part.type
        if kind.startswith("multipart/"):
            children = part.children
            if not children:
                pieces.words.append((part.body_start, part.text))
            elif kind == "multipart/alternative":
                plain = [p for p in children if p.type == "text/plain" and p.text.strip()]
                stack += plain[:1] or children[:1]
                stack += [p for p in children if p.type.startswith(("message/", "multipart/")) and p not in stack]
            else:
                stack += reversed(children)
        elif kind in _STATUS:
            pieces.status.append((part.body_start, part.text))
        elif kind == "message/feedback-report":
            pieces.feedback.append(part.text)
        elif kind in _RECEIPTS:
            pieces.receipt = True
            low = part.text[:4_000].lower()
            if "automatic-action" in low and ("; deleted" in low or "/rejected" in low or ";deleted" in low):
                pieces.refusal = True
        elif part.message is not None:
            pieces.messages.append(part.message)
            if pieces.original.extent == "none":
                pieces.original = from_mail(part.message, "headers" if kind in _HEADERS else "complete", part.body_start, part.end)
        elif (pieces.words or pieces.status) and part.depth > 0 and part.headers.has("received") and part.headers.has("from"):
            if pieces.original.extent == "none":  # the returned message stands where the part's own header should
                pieces.original = from_mail(read(part.mail.raw[part.start : part.end]), "complete", part.start, part.end)
        elif kind.startswith("text/") or (kind == "message/partial"):
            text = part.plain if kind != "text/plain" else part.text
            size += len(text)
            if size > 4 * MAX_TEXT:
                break
            if _is_returned(part, text, bool(pieces.words)):
                if pieces.original.extent == "none":
                    pieces.original = from_words(text)
            else:
                pieces.words.append((part.body_start, text))
    return pieces


def _is_returned(part: Part, text: str, later: bool) -> bool:
    """Whether a text part holds the returned header rather than words: a later part that begins as one."""
    if not later:
        return False
    return 0 <= header_line(text.lstrip("\n").split("\n", 30)[:30]) <= 2 or (
        part.is_attachment and part.filename.lower().endswith((".hdr", ".eml", ".headers"))
    )
