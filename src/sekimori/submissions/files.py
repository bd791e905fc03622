"""Reading log files piece by piece, from where the last load ended; plain or gzip."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from sekimori.submissions.models import LogMark
from sekimori.values.unpacked import open_unpacked

HEAD = 4096
TAIL = 1024
BLOCK = 1 << 20
LINE_MAX = 65_536
"""Longest line in octets; a longer one is counted as refused."""


class Place(NamedTuple):
    """Where a file stands: what names its content, and how far it was read."""

    head_length: int
    head: str
    offset: int


class Piece(NamedTuple):
    """Some whole lines, the offset after them, and the octets before that offset that prove it."""

    lines: list[str]
    offset: int
    tail: str
    too_long: int
    provisional: bool
    """The last line of a file that does not end with a line feed: read now, and again once it is whole."""


def digest(data: bytes) -> str:
    """Return the SHA-256 of octets in hex."""
    return hashlib.sha256(data).hexdigest()


def place(kind: str, path: Path) -> Place:
    """Return where to go on in a file: after the lines that an earlier load of the same content has committed."""
    with open_unpacked(path) as f:
        head = f.read(HEAD)
        for length in LogMark.objects.filter(kind=kind, head_length__lte=len(head)).values_list("head_length", flat=True).distinct().order_by("-head_length"):
            mark = LogMark.objects.filter(kind=kind, head_length=length, head=digest(head[:length])).first()
            if mark is not None and _tail(f, mark.offset) == mark.tail:
                return Place(mark.head_length, mark.head, mark.offset)
    return Place(len(head), digest(head), 0)


def _tail(f: BinaryIO, offset: int) -> str:
    f.seek(max(0, offset - TAIL))
    return digest(f.read(min(TAIL, offset)))


def pieces(path: Path, offset: int) -> Iterator[Piece]:
    """Read the lines after `offset` in pieces of about a mebibyte.

    A damaged gzip file ends where it breaks. Raises OSError where the file cannot be read.
    """
    with open_unpacked(path) as f:
        f.seek(max(0, offset - TAIL))
        before = f.read(min(TAIL, offset))
        rest = b""
        while block := _block(f):
            data = rest + block
            cut = data.rfind(b"\n") + 1
            if not cut and len(data) > LINE_MAX:
                cut = len(data)
            whole, rest = data[:cut], data[cut:]
            if whole:
                offset += len(whole)
                before = (before + whole)[-TAIL:]
                yield _piece(whole, offset, before, provisional=False)
        if rest:
            yield _piece(rest, offset, before, provisional=True)


def _block(f: BinaryIO) -> bytes:
    try:
        return bytes(f.read(BLOCK))
    except (EOFError, zlib.error, gzip.BadGzipFile):
        return b""


def _piece(data: bytes, offset: int, before: bytes, *, provisional: bool) -> Piece:
    raw = data.split(b"\n")
    if not raw[-1]:
        raw.pop()
    lines = [line.decode("utf-8", "replace").rstrip("\r") for line in raw if len(line) <= LINE_MAX]
    return Piece(lines, offset, digest(before), len(raw) - len(lines), provisional)
