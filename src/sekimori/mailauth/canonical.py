"""Canonical forms of DKIM (RFC 6376 §3.4), each in one pass: the common implementations are quadratic in runs of blanks."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sekimori.mime import Field

_LINE_END = re.compile(rb"\r\n|\n|\r(?!\n)")
_BLANKS_AT_END = re.compile(rb"(?<![ \t])[ \t]++(?=\r\n|\Z)")
_BLANKS = re.compile(rb"[ \t]{2,}+|\t")


def with_crlf(data: bytes) -> bytes:
    """Return octets with CRLF line ends, as they went over the wire."""
    if data.count(b"\n") == data.count(b"\r\n") and data.count(b"\r") == data.count(b"\r\n"):
        return data
    return _LINE_END.sub(b"\r\n", data)


def body(data: bytes, relaxed: bool) -> bytes:
    """Return the canonical body (RFC 6376 §3.4.3, §3.4.4)."""
    data = with_crlf(data)
    if relaxed:
        data = _BLANKS.sub(b" ", _BLANKS_AT_END.sub(b"", data))
    trimmed = data.rstrip(b"\r\n") if data.endswith(b"\r\n") else data
    if not trimmed:
        return b"" if relaxed else b"\r\n"
    return trimmed + b"\r\n"


def header(name: str, value: bytes, relaxed: bool) -> bytes:
    """Return the canonical form of a field, without its line end; `value` is what stands after the colon, folded."""
    value = with_crlf(value)
    if not relaxed:
        return name.encode("ascii", "replace") + b":" + value
    value = _BLANKS.sub(b" ", value.replace(b"\r\n", b"")).strip(b" ")
    return name.strip().lower().encode("ascii", "replace") + b":" + value


def select(fields: Iterable[Field], names: list[str]) -> list[Field]:
    """Return the fields that a signature covers: for each name the lowest not yet taken; absent ones count as nothing (§5.4.2)."""
    left: dict[str, list[Field]] = {}
    for field in fields:
        left.setdefault(field.lower, []).append(field)
    return [left[name].pop() for name in names if left.get(name)]


def without_signature(value: bytes) -> bytes:
    """Return a signature field's value with the content of its `b=` tag deleted (§3.7)."""
    pieces = value.split(b";")
    for index, piece in enumerate(pieces):
        tag, equals, _ = piece.partition(b"=")
        if equals and tag.strip(b" \t\r\n") == b"b":
            pieces[index] = tag + equals
    return b";".join(pieces)
