"""How far each file was read: known by content, so that rotation, copies and restarts neither lose nor double a record."""

from __future__ import annotations

import hashlib
from typing import Any, BinaryIO

from sekimori.assignments.models import LoadMark

HEAD = 4096
TAIL = 1024


class Mark:
    """The place in a file from which reading goes on."""

    def __init__(self, row: LoadMark) -> None:
        self.row = row

    @property
    def offset(self) -> int:
        """Octets read so far, always at the end of a record."""
        return self.row.offset

    @property
    def state(self) -> dict[str, Any]:
        """What the source's parser must remember."""
        return dict(self.row.state)

    def save(self, file: BinaryIO, offset: int, state: dict[str, Any], now: int) -> None:
        """Move the mark. Called inside the transaction that stores the records before it."""
        self.row.offset, self.row.state, self.row.updated = offset, state, now
        self.row.tail = _digest(file, max(0, offset - TAIL), min(TAIL, offset))
        self.row.save()


def find(feed: str, path: str, file: BinaryIO, now: int) -> Mark:
    """Return the mark of an open file: the one whose content it continues, or a new one at its beginning."""
    file.seek(0, 2)
    size = file.tell()
    lengths = LoadMark.objects.filter(feed=feed, head_length__lte=size).values_list("head_length", flat=True).distinct()
    for length in sorted(lengths, reverse=True):
        row = LoadMark.objects.filter(feed=feed, head_length=length, head=_digest(file, 0, length)).first()
        if row is None:
            continue
        row.path = path
        if row.offset > size or row.tail != _digest(file, max(0, row.offset - TAIL), min(TAIL, row.offset)):
            row.offset, row.state = 0, {}  # written anew: read it all again, known rows are recognised
        return Mark(row)
    length = min(size, HEAD)
    return Mark(LoadMark(feed=feed, head_length=length, head=_digest(file, 0, length), offset=0, path=path, state={}, updated=now))


def _digest(file: BinaryIO, start: int, length: int) -> str:
    file.seek(start)
    return hashlib.sha256(file.read(length)).hexdigest()
