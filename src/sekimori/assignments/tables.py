"""CSV tables block by block: header first, one row a line, every fault a refusal of that row alone."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from sekimori.assignments.events import Context, Refusal
from sekimori.assignments.stamps import zone_option
from sekimori.values.clock import JST, micros

MAX_LINE = 65_536


def rows(block: bytes, context: Context, take: Callable[[dict[str, str]], Any], required: frozenset[str]) -> tuple[list[Any], list[Refusal], int]:
    """Call `take` for each row of a CSV block (UTF-8, header in the first line of the file) and return (results, refusals, rows).

    Names count without case; columns are parted by commas, semicolons or tabs; `\\N` (a database's NULL) is empty.

    `take` raises ValueError with a stable code as its text; it returns None to ignore the row. The header is kept in
    `context.state`. Fields hold no line breaks.
    """
    results: list[Any] = []
    refused: list[Refusal] = []
    count = 0
    for raw in block.split(b"\n"):
        raw = raw.rstrip(b"\r")
        if raw.startswith(b"\xef\xbb\xbf"):
            raw = raw[3:]
        if not raw.strip() or raw.startswith(b"#"):
            continue
        header = context.state.get("header")
        known = header is not None
        count += known
        try:
            if len(raw) > MAX_LINE:
                raise ValueError("line_too_long")
            text = raw.decode("utf-8").replace("\0", "\ufffd")
            delimiter = context.state.get("delimiter") or _delimiter(text, required)
            values = ["" if v.strip() == "\\N" else v.strip() for v in next(csv.reader([text], delimiter=delimiter, strict=True))]
            if header is None or [v.lower() for v in values] == header:
                values = [v.lower() for v in values]
                count -= known
                if not required <= set(values):
                    count += 1
                    raise ValueError("header_missing_columns")
                context.state["header"] = values
                if delimiter != ",":
                    context.state["delimiter"] = delimiter
                continue
            if len(values) > len(header):
                raise ValueError("too_many_fields")
            result = take(dict(zip(header, values + [""] * (len(header) - len(values)), strict=True)))
        except (ValueError, csv.Error) as e:
            code = str(e)
            refused.append(Refusal(code if code.replace("_", "").isalnum() and code.islower() and len(code) < 40 else "not_csv", raw))
            continue
        if result is not None:
            results.append(result)
    return results, refused, count


def _delimiter(header: str, required: frozenset[str]) -> str:
    """Return what stands between the columns of a header: comma, semicolon (spreadsheets of some countries) or tab (MySQL)."""
    for delimiter in (",", ";", "\t"):
        if required <= {v.strip().strip('"').lower() for v in header.split(delimiter)}:
            return delimiter
    return ","


def moment(text: str, options: Mapping[str, str]) -> int | None:
    """Return the instant of a cell of the provider's own table, "" as None. Raises ValueError(`bad_time`).

    ISO 8601; without an offset it is `--set zone=`, else Japanese time, as in all of the provider's own tables.
    """
    if not text:
        return None
    try:
        value = datetime.fromisoformat(text)
        if value.tzinfo is None:
            zone = zone_option(options)
            value = value.replace(tzinfo=JST if zone is None else timezone(timedelta(seconds=zone)))
        return max(0, micros(value))
    except (ValueError, OverflowError):
        raise ValueError("bad_time") from None


def span(row: Mapping[str, str], options: Mapping[str, str]) -> tuple[int | None, int | None]:
    """Return (valid_from, valid_to) of a row in microseconds. Raises ValueError with a stable code."""
    begin, end = moment(row.get("valid_from", ""), options), moment(row.get("valid_to", ""), options)
    if begin is not None and end is not None and end < begin:
        raise ValueError("ends_before_it_begins")
    return begin, end
