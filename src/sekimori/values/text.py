"""Text from outside, made fit to be stored, logged and shown."""

from __future__ import annotations

import re

_LONE = re.compile("[\ud800-\udfff]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_LINE_BREAKS = re.compile("[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+")


def storable(text: str, limit: int | None = None) -> str:
    """Return text that every database keeps: NUL and lone surrogates become U+FFFD; cut to `limit` characters.

    PostgreSQL refuses NUL and lone surrogates in text (house rule 11).
    """
    if "\x00" in text:
        text = text.replace("\x00", "\ufffd")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        text = _LONE.sub("\ufffd", text)
    return text if limit is None else text[:limit]


def one_line(text: str, limit: int = 500) -> str:
    """Return text on one line without control characters: for logs, terminals, subjects and header values."""
    return _CONTROL.sub("\ufffd", _LINE_BREAKS.sub(" ", storable(text)))[:limit]
