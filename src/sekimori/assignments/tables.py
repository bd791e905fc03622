"""CSV tables block by block: header first, one row a line, every fault a refusal of that row alone."""

from __future__ import annotations

import csv
from collections.abc import Callable
from typing import Any

from sekimori.assignments.events import Context, Refusal

MAX_LINE = 65_536


def rows(block: bytes, context: Context, take: Callable[[dict[str, str]], Any], required: frozenset[str]) -> tuple[list[Any], list[Refusal], int]:
    """Call `take` for each row of a CSV block (UTF-8, header in the first line of the file) and return (results, refusals, rows).

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
        try:
            if len(raw) > MAX_LINE:
                raise ValueError("line_too_long")
            values = [v.strip() for v in next(csv.reader([raw.decode("utf-8").replace("\0", "\ufffd")], strict=True))]
            if header is None or values == header:
                context.state["header"] = values
                if not required <= set(values):
                    context.state["header"] = None
                    count += 1
                    raise ValueError("header_missing_columns")
                continue
            count += 1
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
