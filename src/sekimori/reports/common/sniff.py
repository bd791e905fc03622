"""What kind of octets these are, told from their beginning alone."""

from __future__ import annotations

import re

_FIELD = re.compile(rb"[!-9;-~]{1,76}[ \t]{0,4}:")
_FROM = re.compile(rb"(?:>?From )[^\r\n]{3,200}\r?\n?")
_KNOWN = re.compile(
    rb"(?im)^(?:received|from|to|subject|date|message-id|mime-version|content-type|return-path|delivered-to|"
    rb"x-[a-z0-9-]{2,40}|dkim-signature|reply-to|sender|authentication-results|cc|feedback-type|envelope-to|"
    rb"resent-from|list-id|arc-seal|arc-authentication-results|received-spf|importance|auto-submitted)[ \t]{0,4}:")


_JSON = re.compile(rb"\{[ \t\r\n]{0,200}[\"}]|\[[ \t\r\n]{0,200}[\[{\]\"0-9-]")


def looks_like_mail(head: bytes) -> bool:
    """Tell whether `head` begins a message: its first lines are header fields and at least one is a known one."""
    start = head[3:] if head[:3] == b"\xef\xbb\xbf" else head
    start = start.lstrip(b"\r\n")[:8192]
    m = _FROM.match(start)
    if m is not None:
        start = start[m.end():]
    if _FIELD.match(start) is None:
        return False
    return _KNOWN.search(_first_block(start)) is not None


def _first_block(start: bytes) -> bytes:
    for gap in (b"\r\n\r\n", b"\n\n", b"\r\r"):
        at = start.find(gap)
        if at > 0:
            start = start[:at]
    return start.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def kind_of(head: bytes) -> str:
    """Return `zip gzip json xml html text binary` for a file's beginning."""
    if head[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        return "zip"
    if head[:2] == b"\x1f\x8b":
        return "gzip"
    text = head[:2048].lstrip(b"\xef\xbb\xbf \t\r\n")
    if _JSON.match(text):
        return "json"
    lower = text[:600].lower()
    if lower[:5] == b"<?xml":
        return "xml"
    if lower[:1] == b"<":
        if b"<html" in lower or b"<!doctype html" in lower or b"<table" in lower:
            return "html"
        if lower[:4] != b"<!--":
            return "xml"
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "text"
    sample = head[:4096]
    if sample and sum(sample.count(bytes((c,))) for c in (0, 1, 2, 3, 4, 5, 6)) > len(sample) // 50:
        return "binary"
    return "text"


def decoded(raw: bytes) -> str:
    """Return a file's text: byte-order mark, UTF-8, else the Japanese legacy sets by strict trial, else Latin-1."""
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return raw.decode("utf-16", "replace")
    if raw[:3] == b"\xef\xbb\xbf":
        raw = raw[3:]
    if b"\x1b$" in raw[:65536]:
        return raw.decode("iso2022_jp_ext", "replace")
    for charset in ("utf-8", "cp932", "euc_jp"):
        try:
            return raw.decode(charset)
        except UnicodeDecodeError as e:
            # A cut at the end of a window is no reason against UTF-8.
            if charset == "utf-8" and e.start >= len(raw) - 4:
                return raw.decode(charset, "replace")
    return raw.decode("latin-1")
