"""Which columns of a table hold what: by its header, by a comment that lists them, or by what stands in the rows."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sekimori.reports.common import categories, times
from sekimori.reports.common.addresses import address_of, padded
from sekimori.reports.common.columns import roles
from sekimori.reports.common.documents import Document
from sekimori.reports.common.tables import Table

_NUMBERED = re.compile(r"^(\d{1,2})[ ]?[-.)][ ]?([A-Za-z&][^\n]{1,60})$")
_OTHERS = re.compile(r"(?:^|[^a-z])(?:dst|dest|destination|target|victim|honeypot|sensor|server|local|our|reporter|attacked|protected|monitored)(?:[^a-z]|$)|宛先|攻撃先|送信先|接続先|被害|自社|弊社", re.IGNORECASE)
"""A name above the only column of addresses that says whose they are: nobody's who acted."""
ROWS = 60


def is_address(cell: str) -> bool:
    """Tell whether a cell is one address (zero-padded or with a full prefix length too)."""
    cell = cell.strip()
    if cell.endswith(("/32", "/128")):
        cell = cell.rsplit("/", 1)[0]
    return address_of(padded(cell)) is not None


def header_from_comments(comments: Sequence[str], separator: str, width: int) -> list[str]:
    """Return column names that a comment lists: in one line with the table's own separator, as numbered lines, or ["…"] []."""
    numbered = {int(m[1]): m[2] for c in comments if (m := _NUMBERED.match(c.strip()))}
    if len(numbered) >= 2 and sorted(numbered) == list(range(1, len(numbered) + 1)):
        names = [numbered[i] for i in sorted(numbered)]
        return [re.sub(r"(?i)^infected |\bmalicious ", "", n).strip() for n in names] + [""] * max(0, width - len(names))
    for c in reversed(comments):
        for cells in (c.split(separator), re.split(r"(?i)<tab>", c), re.split(r"\s{2,}|\t", c.strip())):
            names = [re.sub(r"(?i)<cr>", "", x).strip().strip('"') for x in cells]
            if abs(len(names) - width) <= 1 and "ip" in roles(names) and not any(is_address(n) for n in names):
                return names
    return []


def header_from_rows(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return names for the columns of a headerless table, or [] where it is unclear which address is meant.

    One column of addresses is needed: two could be attacker and victim in either order, and a guess names a person.
    """
    if not rows:
        return []
    width = max(len(r) for r in rows)
    names = [""] * width
    addresses, stamps = [], []
    for i in range(min(width, 60)):
        cells = [r[i].strip() for r in rows if len(r) > i and r[i].strip() not in ("", "-", "?")]
        if not cells:
            continue
        hits = sum(is_address(c) for c in cells)
        if hits * 10 >= len(cells) * 6 or (hits and len(rows) <= 4 and hits * 2 >= len(cells)):
            addresses.append(i)
        elif sum(times.parse(c) is not None and not re.fullmatch(r"\d{1,9}", c) for c in cells[:20]) * 10 >= len(cells[:20]) * 6:
            stamps.append(i)
    if len(addresses) != 1 or _OTHERS.search(rows[0][addresses[0]] if len(rows[0]) > addresses[0] else ""):
        return []
    names[addresses[0]] = "ip"
    if stamps:
        names[stamps[0]] = "timestamp"
    taken = {addresses[0], *stamps}
    for i in range(min(width, 60)):
        if i in taken:
            continue
        words = {r[i].strip() for r in rows if len(r) > i and r[i].strip()}
        if words and len(words) <= max(3, len(rows) // 2) and any(categories.service(w) for w in list(words)[:20]):
            names[i] = "category"
            break
    return names


def confirmed(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the header with those names taken off that promise an address where the rows hold none (`attacker`: a nickname)."""
    names = list(header)
    while True:
        at = roles(names).get("ip", -1)
        if at < 0:
            return names
        cells = [r[at].strip() for r in rows if len(r) > at and r[at].strip()]
        if not cells or any(is_address(c) or re.search(r"\d\.\d", c) or c.count(":") > 1 for c in cells):
            return names
        names[at] = ""


def plan(document: Document) -> tuple[list[str], str]:
    """Return (header, separator) of a text document that is a table with a certain address column; ([], "") otherwise."""
    table = Table(document.open(), document.head)
    rows: list[list[str]] = []
    for _, row in table:
        rows.append(row)
        if len(rows) >= ROWS:
            break
    if not rows:
        return [], ""
    width = max(len(r) for r in rows)
    if table.header and "ip" in roles(named := confirmed(table.header, rows)):
        return named, table.separator
    named = header_from_comments(table.comments, table.separator, width)
    if named and "ip" in roles(named):
        return named, table.separator
    return header_from_rows(rows), table.separator
