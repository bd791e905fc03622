"""The documents of an item: the file itself, or a message's parts, archives opened one level deep.

Nothing is decoded before it is asked for; parts that can hold pictures or films are never opened at all (csam/csem: a
reader has no need to decode them, so none does).
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import BinaryIO

from sekimori.mime import Mail, Part
from sekimori.reports.common import archives
from sekimori.reports.common.sniff import kind_of
from sekimori.reports.contract import Item

_CLOSED = ("image/", "video/", "audio/", "application/pgp", "application/pkcs7", "application/x-pkcs7", "font/")
MAX_DOCUMENTS = 120
WHOLE = 32_000_000
"""Octets of a document that formats may ask for at once; larger ones are streamed."""


class Document:
    """One payload: its name, declared type, kind by its beginning, and a stream over its octets."""

    __slots__ = ("_data", "_head", "_opener", "name", "part", "shown", "type")

    def __init__(self, name: str, type_: str, data: bytes | None, opener: Callable[[], BinaryIO] | None = None, *,
                 shown: bool = False, part: Part | None = None) -> None:
        self.name = name
        self.type = type_
        self._data = data
        self._opener = opener
        self._head: bytes | None = None
        self.shown = shown
        """The text that a reader of the message sees, not a file."""
        self.part = part

    def open(self) -> BinaryIO:
        """Return a fresh stream. Reading may raise archives.Refused."""
        if self._data is not None:
            return io.BytesIO(self._data)
        assert self._opener is not None
        return self._opener()

    @property
    def head(self) -> bytes:
        """The first 64 KiB."""
        if self._head is None:
            with self.open() as f:
                self._head = f.read(65_536)
        return self._head

    @property
    def kind(self) -> str:
        """`zip gzip json xml html text binary`."""
        return kind_of(self.head)

    def data(self) -> bytes | None:
        """Return all octets, or None where there are more than 32 MB."""
        if self._data is not None:
            return self._data if len(self._data) <= WHOLE else None
        with self.open() as f:
            out = f.read(WHOLE + 1)
        return out if len(out) <= WHOLE else None


def documents(item: Item) -> list[Document]:
    """Return the item's documents, archives unpacked; cached on the item. Raises archives.Refused for a dishonest archive."""
    found = item.cache.get("documents")
    if isinstance(found, archives.Refused):
        raise found
    if found is None:
        try:
            found = item.cache["documents"] = list(_documents(item))
        except archives.Refused as e:
            item.cache["documents"] = e
            raise
    return found


def _documents(item: Item) -> Iterator[Document]:
    mail = item.mail
    if mail is None:
        yield from _unpack(Document(item.filename, "", None if item.large else item.raw, item.open), item.size)
        return
    n = 0
    for part in leaves(mail):
        n += 1
        if n > MAX_DOCUMENTS:
            return
        shown = part.type in ("text/plain", "text/html") and part.disposition != "attachment"
        if shown and part.type == "text/plain" and not part.filename:
            yield Document("", part.type, part.content, shown=True, part=part)
            continue
        if part.type.startswith(_CLOSED):
            continue
        document = Document(part.filename, part.type, part.content, shown=shown, part=part)
        yield from _unpack(document, part.end - part.start)


def has_files(item: Item) -> bool:
    """Tell, without decoding anything, whether a message carries files besides the text that is shown; True for a file itself."""
    found = item.cache.get("has_files")
    if found is None:
        mail = item.mail
        found = item.cache["has_files"] = mail is None or any(
            (p.type not in ("text/plain", "text/html") or bool(p.filename) or p.disposition == "attachment") and not p.type.startswith(_CLOSED)
            and not (p.type.startswith("multipart/") or p.type == "message/delivery-status") for p in leaves(mail))
    return bool(found)


_SHEETS = (".xlsx", ".xls", ".xlsm", ".ods", ".numbers")


def sheets(item: Item) -> list[str]:
    """Return a defect for each spreadsheet of a message, at most ten: they are not read, and must not be passed over in silence."""
    mail = item.mail
    if mail is None or not has_files(item):
        return []
    return [f"file_not_read:{name.rpartition('.')[2].lower()}" for p in leaves(mail) if (name := p.filename).lower().endswith(_SHEETS) and kind_of(p.content[:4_096]) in ("zip", "binary")][:10]


def leaves(mail: Mail) -> Iterator[Part]:
    """Yield the parts that hold content, depth first, messages inside left out (they are originals, see `originals`)."""
    stack = [mail.root]
    while stack:
        part = stack.pop()
        if part.type.startswith("multipart/") and part.children:
            stack += reversed(part.children)
        elif part.type not in ("message/rfc822", "text/rfc822-headers", "message/global", "message/feedback-report"):
            yield part


def _unpack(document: Document, size: int) -> Iterator[Document]:
    kind = document.kind
    if kind == "zip" and not document.name.lower().endswith((".docx", ".xlsx", ".pptx", ".odt", ".jar", ".apk")):
        for index, entry in enumerate(archives.zip_entries(document.open(), size)):
            yield _entry(document, size, index, entry)
    elif kind == "gzip":
        def opener(d: Document = document) -> BinaryIO:
            return archives.gzip_stream(d.open(), size)
        name = document.name[:-3] if document.name.lower().endswith(".gz") else document.name
        yield Document(name, "", None, opener, part=document.part)
    else:
        yield document


def _entry(document: Document, size: int, index: int, entry: archives.Entry) -> Document:
    def opener() -> BinaryIO:
        for i, again in enumerate(archives.zip_entries(document.open(), size)):
            if i == index:
                return again.stream
        raise archives.Refused("broken")
    return Document(entry.name.rsplit("/", 1)[-1], "", None, opener, part=document.part)
