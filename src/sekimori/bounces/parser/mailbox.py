"""Files that hold several notices one after the other (mbox, RFC 4155)."""

from __future__ import annotations

import re

# A From_ line starts a message where delivery fields follow it: a returned message inside a text has none.
_FROM = re.compile(
    rb"(?:\r\n|\r|\n)(?=From \S{1,320} {1,3}[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d(?::\d\d)?[^\r\n]{0,40}(?:\r\n|\r|\n)"
    rb"(?:Return-Path|Delivered-To|X-Original-To|Received|Status|X-Mozilla-Status|X-UIDL):)"
)
MAX_MESSAGES = 1_000


def messages(raw: bytes) -> list[bytes]:
    """Return the messages of a file: more than one only where it begins as an mbox does; at most 1,000."""
    if raw[:5] != b"From ":
        return [raw]
    pieces: list[bytes] = []
    at = 0
    for m in _FROM.finditer(raw):
        pieces.append(raw[at : m.end()])
        at = m.end()
        if len(pieces) >= MAX_MESSAGES:
            return pieces
    pieces.append(raw[at:])
    return pieces
