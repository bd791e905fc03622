"""Reader of the Japanese programmes' lists: attached CSV with Japanese columns, in any of the four charsets."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sekimori.reports.common import times, zones
from sekimori.reports.common.archives import Refused
from sekimori.reports.common.documents import Document, documents, has_files
from sekimori.reports.common.rows import Mapper
from sekimori.reports.common.shape import plan
from sekimori.reports.common.tables import Table
from sekimori.reports.contract import Context, Declined, FindingData, Item, Read

_PROGRAMMES: tuple[tuple[str, re.Pattern[str], tuple[str, str]], ...] = (
    ("nicter", re.compile(r"NICTER|ダークネット", re.IGNORECASE), ("connection", "infected_host")),
    ("notice", re.compile(r"\bNOTICE\b(?! (?:of|ID|Date))|NOTICE(?:注意喚起|プロジェクト|サポートセンター)|容易に推測されるパスワード"), ("vulnerability", "misconfiguration")),
    ("jpcert", re.compile(r"JPCERT", re.IGNORECASE), ("vulnerability", "open_service")),
    ("ict-isac", re.compile(r"ICT[- ]?ISAC", re.IGNORECASE), ("connection", "infected_host")),
)
_JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
_DEADLINE = re.compile(r"(?:期限|回答期日|ご報告期日|までに)[^\n]{0,40}")


class CertJa:
    """Reader of NOTICE, NICTER, JPCERT/CC and ICT-ISAC lists."""

    name = "cert_ja"
    version = "1"

    def score(self, item: Item) -> int | None:
        """Mine where a programme is named in Japanese and a table with an address column is attached."""
        if not has_files(item):
            return None
        words = self._words(item)
        if not words or not _JAPANESE.search(words) or _programme(words) is None:
            return None
        try:
            return 60 if any(_is_table(d) for d in documents(item)) else None
        except Refused:
            return None

    @staticmethod
    def _words(item: Item) -> str:
        if item.large:
            return ""
        if item.mail is not None:
            return f"{item.mail.subject}\n" + "\n".join(item.mail.texts())[:8_000]
        from sekimori.reports.common.sniff import decoded

        return item.filename + "\n" + decoded(item.head[:2_000])

    def read(self, item: Item, ctx: Context) -> Read | Declined:
        """Read every row; the programme decides the category, its deadline is kept for the status file."""
        words = self._words(item)
        named = _programme(words)
        if named is None:
            return Declined("no programme named")
        out = Read(language="ja", reporter=named[0], detail={"programme": named[0]})
        deadline = _DEADLINE.search(words)
        due = next(iter(times.find(words[max(0, deadline.start() - 40):deadline.end()])), None) if deadline else None
        if due is not None:
            out.detail["deadline"] = due.value.date().isoformat() if not due.yearless else due.raw
        try:
            tables = [d for d in documents(item) if _is_table(d)]
        except Refused as e:
            return Declined(e.code, "attachment")
        if not tables:
            return Declined("no table")
        out.findings = _rows(tables, words, named, out)
        return out


def _programme(words: str) -> tuple[str, tuple[str, str]] | None:
    for name, pattern, pair in _PROGRAMMES:
        if pattern.search(words):
            return name, pair
    return None


def _is_table(document: Document) -> bool:
    if document.shown or document.kind != "text":
        return False
    return bool(plan(document)[0])


def _rows(tables: list[Document], words: str, named: tuple[str, tuple[str, str]], out: Read) -> Iterator[FindingData]:
    for document in tables:
        header, separator = plan(document)
        with document.open() as stream:
            table = Table(stream, document.head)
            told = zones.stated_for_all("\n".join(table.comments)) or zones.stated_for_all(words)
            mapper = Mapper(header, fallback=named[1], zone_word=zones.word(told[0]) if told else "")
            for line, row in table:
                f = mapper.finding(row)
                if isinstance(f, str):
                    out.fault(line, f, separator.join(row))
                    continue
                f.category, f.type = named[1]
                f.reporter_class = mapper.cell(row, "device")[:80] or named[0]
                yield f
            for line, reason, text in table.broken:
                out.fault(line, reason, text)
