"""Tables of strangers as rows of text: separator and header found, comments passed over, nothing silently swallowed.

An unclosed quote makes Python's csv swallow the rows behind it without a word (reliability.md B6): here a record that
spans lines without fitting the header is taken apart again, its first line noted as broken and the others read.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import BinaryIO

from sekimori.reports.common.columns import looks_like_header

FIELD = 65_536
"""Characters in one field at most."""
COLUMNS = 2_000
ROWS = 10_000_000
_SEPARATORS = (",", "\t", ";", "|")
_COMMENTS = ("#", ";", "//", "%")
csv.field_size_limit(FIELD)


class Table:
    """A table being read. `header` is its first row when that names columns, else []; rows come by iteration."""

    def __init__(self, stream: BinaryIO, head: bytes) -> None:
        self.encoding = _encoding(head)
        self.broken: list[tuple[int, str, str]] = []
        """(line number from 1, reason, raw) of what could not be taken as a row; the first hundred."""
        self.broken_total = 0
        self.comments: list[str] = []
        """Comment lines before the first row, without their marks."""
        sample = head.decode(self.encoding, "replace").splitlines()
        if len(head) >= 65_536 and sample:
            sample.pop()
        self.separator = _separator(sample)
        self._lines = io.TextIOWrapper(stream, encoding=self.encoding, errors="replace", newline="")
        self._line = 0
        self.header: list[str] = []
        self._find_header(sample)

    def _find_header(self, sample: list[str]) -> None:
        remark = False
        for raw in sample:
            line = raw.strip().strip("\x00")
            remark = (remark or (line.startswith("<!--") and not self.comments)) and "-->" not in line
            if not line or remark or line == "-->":
                continue
            marked = line.startswith(_COMMENTS)
            body = line.lstrip("#;%/ \t") if marked else line
            if marked and len(self.comments) < 200:
                self.comments.append(body)
            cells = split(body, self.separator)
            if looks_like_header(cells):
                self.header = [c.strip() for c in cells]
            if not marked:
                return

    def fault(self, line: int, reason: str, raw: str) -> None:
        """Note a line that is no row."""
        self.broken_total += 1
        if len(self.broken) < 100:
            self.broken.append((line, reason, raw[:500]))

    def _feed(self, buffer: list[str]) -> Iterator[str]:
        remark = False
        while True:
            line = self._lines.readline(FIELD * 4)
            if not line:
                return
            self._line += 1
            if remark or (self._line == 1 and line.lstrip().startswith("<!--")):
                # A licence header that a collection put before the feed.
                remark = "-->" not in line
                continue
            if "\x00" in line:
                line = line.replace("\x00", "")
            if not buffer and (line[:1] in "#; \t\r\n/%" and (line.isspace() or line.lstrip().startswith(_COMMENTS))):
                continue
            buffer.append(line)
            yield line

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        """Yield (line number, cells) of each data row; the header row is not among them."""
        buffer: list[str] = []
        reader = csv.reader(self._feed(buffer), delimiter=self.separator, skipinitialspace=True)
        width = len(self.header)
        first = True
        n = 0
        while True:
            buffer.clear()
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error as e:
                start = self._line - len(buffer) + 1
                self.fault(start, f"csv: {e}"[:80], buffer[0] if buffer else "")
                yield from self._again(buffer[1:], start + 1, width)
                continue
            n += 1
            if n > ROWS:
                self.fault(self._line, "over_limit:rows", "")
                return
            if len(buffer) > 1 and (len(row) != width or len(buffer) > 500):
                start = self._line - len(buffer) + 1
                self.fault(start, "unclosed quote", buffer[0])
                yield from self._again(buffer[1:], start + 1, width)
                continue
            if first:
                first = False
                if self.header and [c.strip().lstrip("#;\ufeff ") for c in row] == [h.lstrip("#;\ufeff ") for h in self.header]:
                    continue
            if len(row) > COLUMNS:
                self.fault(self._line, "over_limit:columns", "")
                continue
            yield self._line, row

    def _again(self, lines: list[str], number: int, width: int) -> Iterator[tuple[int, list[str]]]:
        for i, line in enumerate(lines):
            cells = split(line.rstrip("\r\n"), self.separator)
            if not width or len(cells) == width:
                yield number + i, cells
            else:
                self.fault(number + i, "unclosed quote", line)


def split(line: str, separator: str) -> list[str]:
    """Return the cells of one line; an unclosed quote ends with the line."""
    try:
        for row in csv.reader([line[:FIELD]], delimiter=separator, skipinitialspace=True):
            return row
    except csv.Error:
        pass
    return line[:FIELD].split(separator)


def _encoding(head: bytes) -> str:
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    if head[:3] == b"\xef\xbb\xbf":
        return "utf-8-sig"
    if b"\x1b$" in head:
        return "iso2022_jp_ext"
    for name in ("utf-8", "cp932", "euc_jp"):
        try:
            head.decode(name)
        except UnicodeDecodeError as e:
            if e.start >= len(head) - 4:
                return name
        else:
            return name
    return "latin-1"


def _separator(lines: list[str]) -> str:
    rows = [x for x in (line.strip() for line in lines[:200]) if x and not x.startswith(_COMMENTS)][:40]
    if not rows:
        rows = [x.strip().lstrip("#;%/ ") for x in lines[-3:]]
    best, score = ",", 0.0
    for s in _SEPARATORS:
        counts = [min(row.count(s), COLUMNS) for row in rows]
        top = max(counts, default=0)
        if top == 0:
            continue
        common = max(set(counts), key=counts.count)
        quality = (counts.count(common) / len(counts)) * (1 + min(common, 20) / 40) if common else 0.1
        if quality > score:
            best, score = s, quality
    return best
