"""Reader of tables: an attachment or a file; the address column must be certain, otherwise a person looks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from sekimori.reports.common import categories, zones
from sekimori.reports.common.archives import Refused
from sekimori.reports.common.columns import looks_like_header, roles
from sekimori.reports.common.documents import Document, documents, has_files
from sekimori.reports.common.rows import Mapper
from sekimori.reports.common.shape import header_from_rows, plan
from sekimori.reports.common.sniff import decoded, kind_of
from sekimori.reports.common.tables import Table, split
from sekimori.reports.contract import Context, Declined, FindingData, Item, Read
from sekimori.reports.formats.table import html as html_tables

_NAMES = (".csv", ".tsv", ".txt", ".dat", ".lst", ".list", ".log", ".data", ".tab")
_TYPES = ("text/csv", "application/csv", "text/tab-separated-values", "application/vnd.ms-excel", "text/comma-separated-values")


class TableFile:
    """Reader of generic tables."""

    name = "table"
    version = "1"

    def score(self, item: Item) -> int | None:
        """Low: any format of its own goes first. A mail needs an attached table; its text is the business of prose."""
        if item.mail is None:
            kind = item.cache.setdefault("kind", kind_of(item.head))
            if kind == "html":
                return 12
            if kind not in ("text", "zip", "gzip"):
                return None
        if not has_files(item):
            return None
        try:
            return 30 if any(self._fits(d, item.mail is not None) or _page(d) for d in documents(item)) else None
        except Refused:
            return 10 if item.mail is None else None

    @staticmethod
    def _fits(document: Document, in_mail: bool) -> bool:
        if in_mail:
            named = document.name.lower().endswith(_NAMES[:2]) or document.type in _TYPES or (
                document.name.lower().endswith((".txt", ".log", ".xls")) and not document.shown)
            if not named:
                return False
        try:
            return document.kind == "text" and bool(plan(document)[0])
        except Refused:
            return False

    def read(self, item: Item, ctx: Context) -> Read | Declined:
        """Read every table of the item."""
        try:
            found = list(documents(item))
        except Refused as e:
            return Declined(e.code, "attachment")
        words = self._words(item)
        out = Read()
        streams: list[Iterable[FindingData]] = []
        for d in found:
            try:
                if (d.kind == "html" and item.mail is None) or _page(d):
                    streams.append(_html(d, words, out))
                elif self._fits(d, item.mail is not None):
                    streams.append(_text(d, words, out))
            except Refused as e:
                return Declined(e.code, "attachment")
        if not streams:
            return Declined("no table with a certain address column")
        out.findings = _guarded(streams, out)
        return _first_look(out, item)

    @staticmethod
    def _words(item: Item) -> str:
        mail = item.mail
        name = item.filename.rsplit("/", 1)[-1]
        return f"{mail.subject}\n{' '.join(mail.texts()[:2])[:4000]}" if mail is not None else re.sub(r"[_\-.]", " ", name)


def _page(document: Document) -> bool:
    """Tell whether a document is an attached HTML file with a table (the text that is shown is the business of prose)."""
    return document.part is not None and not document.shown and document.kind == "html" and b"<table" in document.head.lower()


def _guarded(streams: list[Iterable[FindingData]], out: Read) -> Iterator[FindingData]:
    for s in streams:
        try:
            yield from s
        except Refused as e:
            out.fault(0, e.code)


def _first_look(out: Read, item: Item) -> Read | Declined:
    """Decide by the first rows whether this is a report: no row at all means it was none of ours."""
    stream = iter(out.findings)
    first: list[FindingData] = []
    for f in stream:
        first.append(f)
        if len(first) >= 20:
            break
    if not first:
        return Declined("no row with an address")
    if all(f.time is None for f in first):
        out.kind, out.reason = "review", "time: none stated"

    def chained() -> Iterator[FindingData]:
        yield from first
        yield from stream
    out.findings = chained()
    return out


def _text(document: Document, words: str, out: Read) -> Iterator[FindingData]:
    header, separator = plan(document)
    with document.open() as stream:
        table = Table(stream, document.head)
        about = "\n".join(table.comments[:60])
        told = zones.stated_for_all(about) or zones.stated_for_all(words)
        word = zones.word(told[0]) if told is not None else ""
        mapper = Mapper(header, fallback=categories.in_words(words) or categories.in_words(about), zone_word=word)
        for line, row in table:
            if not row:
                continue
            if len(row) == 1 and separator != "," and "," in row[0]:
                row = split(row[0], ",")
            f = mapper.finding(row)
            if isinstance(f, str):
                out.fault(line, f, separator.join(row))
            else:
                yield f
        for line, reason, text in table.broken:
            out.fault(line, reason, text)
        out.broken_total += max(0, table.broken_total - len(table.broken))


def _html(document: Document, words: str, out: Read) -> Iterator[FindingData]:
    data = document.data()
    if data is None:
        out.fault(0, "over_limit:html")
        return
    text = decoded(data)
    for rows in html_tables.tables(text):
        header: list[str] = next((r for r in rows[:3] if looks_like_header([c.strip("-: ") for c in r])), [])
        header = [c.strip("-: ") for c in header] or header_from_rows([r for r in rows if len(r) > 1])
        if not header or "ip" not in roles(header):
            continue
        mapper = Mapper(header, fallback=categories.in_words(words) or categories.in_words(text[:4000]))
        for n, row in enumerate(rows, 1):
            if [c.strip("-: ") for c in row] == header:
                continue
            f = mapper.finding(row)
            if isinstance(f, str):
                out.fault(n, f, " | ".join(row))
            else:
                yield f
