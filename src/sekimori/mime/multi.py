"""What a file is, and the messages of an mbox file, one after the other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO, Literal, NamedTuple

from .limits import DEFAULT

FileKind = Literal["empty", "mbox", "mail", "zip", "gzip", "json", "xml", "csv", "text", "binary"]

_FROM_LINE = re.compile(rb"From [^\r\n]{0,300}?\d\d?:\d\d[^\r\n]{0,60}\r?\n")
_HEADER = re.compile(rb"[!-9;-~]{1,76}[ \t]*+:[^\n]*+(?:\n[ \t][^\n]*+)*+(?:\n|\Z)")
_MAIL_FIELDS = re.compile(
    rb"(?:^|\n)(?:received|return-path|from|to|subject|date|message-id|mime-version|content-type|delivered-to|x-[a-z0-9-]{1,60}|dkim-signature|feedback-type)[ \t]*:",
    re.IGNORECASE)
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_SAMPLE = 65_536
_CHUNK = 1 << 16


def detect(head: bytes) -> FileKind:
    """Return what a file is, from its first octets (64 KiB are enough)."""
    head = head[:_SAMPLE]
    if not head.strip():
        return "empty"
    if head[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        return "zip"
    if head[:2] == b"\x1f\x8b":
        return "gzip"
    text = head[3:] if head[:3] == b"\xef\xbb\xbf" else head
    if text[:5] == b"From ":
        return "mbox"
    start = text.lstrip()[:1]
    if start in (b"{", b"["):
        return "json"
    if start == b"<":
        return "xml"
    if _is_mail(text.lstrip(b"\r\n")):
        return "mail"
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "csv" if head.replace(b"\x00", b"").split(b"\n", 1)[0].count(b",") else "text"
    if len(_CONTROL.findall(head[:4096])) > 4:
        return "binary"
    return "csv" if _is_csv(text) else "text"


def _is_mail(text: bytes) -> bool:
    """Whether the text begins with header fields, among the first ten one that mail has."""
    at = fields = 0
    if b"\n" not in text and b"\r" in text:
        text = text.replace(b"\r", b"\n")
    while fields < 10 and (m := _HEADER.match(text, at)) is not None:
        fields += 1
        at = m.end()
    return fields > 0 and _MAIL_FIELDS.search(text[:at]) is not None


def _is_csv(text: bytes) -> bool:
    lines = [line for line in text.split(b"\n", 6)[:5] if line.strip()]
    if len(lines) < 2:
        return False
    return any(lines[0].count(sep) >= 2 and lines[0].count(sep) == lines[1].count(sep) for sep in (b",", b";", b"\t", b"|"))


class Entry(NamedTuple):
    """A message of an mbox: its octets without the `From ` line, where it began, and whether it was cut at the limit."""

    raw: bytes
    offset: int
    cut: bool


def split_mbox(file: BinaryIO, limit: int = DEFAULT.message) -> Iterator[Entry]:
    """Yield the messages of an mbox, reading it once in pieces; at most `limit` octets of each are held.

    A message begins at a line `From … 12:34 …` at the start of the file or after an empty line. `>From ` lines stay as
    they are: undoing the quoting would change octets, and mboxo cannot be undone.
    """
    offset = at = size = 0
    pieces: list[bytes] = []
    started = cut = False
    blank = whole = True
    while line := file.readline(_CHUNK):
        here, at = at, at + len(line)
        if blank and whole and line[:5] == b"From " and _FROM_LINE.match(line):
            if started:
                yield Entry(_without_last_blank(b"".join(pieces)), offset, cut)
            offset, pieces, size, started, cut = at, [], 0, True, False
            blank = False
            continue
        blank = whole and line in (b"\n", b"\r\n")
        whole = line[-1:] == b"\n"
        if not started:
            if blank:
                continue
            # No From line at the start: the file is one message.
            offset, started = here, True
        if size + len(line) > limit:
            cut = True
            continue
        pieces.append(line)
        size += len(line)
    if started:
        yield Entry(_without_last_blank(b"".join(pieces)), offset, cut)


def _without_last_blank(raw: bytes) -> bytes:
    """Take off the empty line that an mbox puts after each message."""
    if raw.endswith(b"\n\r\n"):
        return raw[:-2]
    return raw[:-1] if raw.endswith(b"\n\n") else raw
