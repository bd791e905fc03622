"""What a load of the provider's own files tells: how many rows were read, stored and refused, and why."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sekimori.values.clock import JST
from sekimori.values.text import one_line, storable

CELL_MAX = 20_000
"""Longest cell of a CSV that is read, in characters; longer ones refuse their row."""


class BadRow(Exception):
    """A row cannot be stored. `code` is stable (`bad_prefix`, `unknown_contract`, …) and counted in the answer."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(slots=True)
class Tally:
    """Counters of one load; refused rows are kept as they came, with their number and reason."""

    read: int = 0
    stored: int = 0
    unchanged: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    rejects: list[tuple[int, str, Mapping[str, str]]] = field(default_factory=list)
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def refused(self) -> int:
        """How many rows were refused."""
        return sum(self.reasons.values())

    def refuse(self, number: int, code: str, row: Mapping[str, str]) -> None:
        """Count row `number` (first data row is 1) as refused for `code` and keep it for the file of refused rows."""
        self.reasons[code] += 1
        self.rejects.append((number, code, row))

    def line(self, refused_file: str = "") -> str:
        """Return the JSON line of the command (interfaces.md)."""
        out = {"read": self.read, "stored": self.stored, "refused": self.refused, "reasons": dict(sorted(self.reasons.items())),
               "unchanged": self.unchanged, **self.extra}
        if refused_file:
            out["refused_file"] = refused_file
        return json.dumps(out, ensure_ascii=False)

    def refused_csv(self) -> str:
        """Return the refused rows as CSV: row number, reason, then the row's own columns, to be mended and loaded again."""
        columns: dict[str, None] = {}
        for _, _, row in self.rejects:
            columns.update(dict.fromkeys(row))
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(["row", "reason", *columns])
        for number, code, row in self.rejects:
            writer.writerow([number, code, *(row.get(c, "") for c in columns)])
        return text.getvalue()


def csv_rows(lines: Iterable[str], tally: Tally, required: Iterable[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Read a CSV with a header line; yield (number, row) with every cell stripped and storable.

    Unknown columns are kept, missing ones read as "". U+FFFD marks octets that could not be decoded: such a row is refused. A row that cannot be read is refused in `tally` and skipped.
    Raises BadRow(`no_header`) where the header lacks a `required` column: then nothing of the file can be trusted.
    """
    reader = csv.reader(lines)
    try:
        header = [one_line(c.lstrip("\ufeff").strip().lower(), 60) for c in next(reader, [])]
    except csv.Error as e:
        raise BadRow("no_header") from e
    if not set(required) <= set(header):
        raise BadRow("no_header")
    number = 0
    while True:
        number += 1
        try:
            cells = next(reader, None)
        except csv.Error:
            tally.read += 1
            tally.refuse(number, "bad_csv", {})
            continue
        if cells is None:
            return
        if not any(c.strip() for c in cells):
            continue
        tally.read += 1
        row = dict(zip(header, (storable(c.strip()) for c in cells), strict=False))
        if len(cells) > len(header) or any(len(c) > CELL_MAX for c in cells):
            tally.refuse(number, "bad_csv", {k: v[:200] for k, v in row.items()})
            continue
        if any("\ufffd" in c for c in cells):
            tally.refuse(number, "bad_encoding", row)
            continue
        yield number, row


def cell(row: Mapping[str, str], name: str, limit: int, *, needed: bool = False) -> str:
    """Return a cell's text. Raises BadRow(`<name>_missing` or `<name>_too_long`)."""
    value = str(row.get(name) or "").strip()
    if needed and not value:
        raise BadRow(f"{name}_missing")
    if len(value) > limit:
        raise BadRow(f"{name}_too_long")
    return storable(value)


def instant(text: str | None) -> datetime | None:
    """Return the instant of an ISO 8601 cell, "" as None; without an offset it is Japanese time.

    Raises BadRow(`bad_time`).
    """
    if not text or not text.strip():
        return None
    try:
        value = datetime.fromisoformat(text.strip())
        return (value if value.tzinfo else value.replace(tzinfo=JST)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadRow("bad_time") from None


def validity(row: Mapping[str, str]) -> tuple[datetime | None, datetime | None]:
    """Return (valid_from, valid_to) of a row; the end is the first instant at which it holds no more.

    Raises BadRow(`bad_time` or `ends_before_start`).
    """
    start, end = instant(row.get("valid_from")), instant(row.get("valid_to"))
    if start and end and end <= start:
        raise BadRow("ends_before_start")
    return start, end
