"""The registries' statistics exchange format. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sekimori.network.countries.rows import V4, Row, Told, code_of, count, number

REGISTRIES = frozenset({"afrinic", "apnic", "arin", "lacnic", "ripencc", "iana"})


def read(lines: Iterable[str], told: Told) -> Iterator[Row]:
    """Yield the ranges that a registry gave to somebody. Raises ValueError where the file is damaged or shorter than its summary."""
    told.kind = "delegated"
    head, promised, seen = False, {"ipv4": 0, "ipv6": 0}, {"ipv4": 0, "ipv6": 0}
    codes: dict[str, int] = {}
    for line in lines:
        cells = line.rstrip("\r\n").split("|")
        if line[:1] == "#" or cells == [""]:
            continue
        if not head:
            if len(cells) < 6 or cells[1] not in REGISTRIES or not cells[0][:1].isdigit():
                raise ValueError("has no version line: no file of a registry")
            head, told.dated = True, cells[5] if cells[5].isdigit() and len(cells[5]) == 8 else ""
            continue
        if len(cells) >= 6 and cells[-1] == "summary":
            if cells[2] in promised:
                promised[cells[2]] = count(cells[4])
            continue
        if len(cells) < 7:
            raise ValueError("has a row of fewer than seven fields")
        kind = cells[2]
        if kind not in seen:
            if kind != "asn":
                raise ValueError(f"has a row of the unknown type {kind[:20]!r}")
            continue
        seen[kind] += 1
        first, size = number(cells[3]), count(cells[4])
        if kind == "ipv4":
            family, last = 4, first[1] + size - 1
            good = first[0] == 4 and size > 0 and last < V4
        else:
            family, last = 6, first[1] | ((1 << (128 - size)) - 1 if size <= 128 else -1)
            good = first[0] == 6 and 0 < size <= 128 and not first[1] & ((1 << (128 - size)) - 1)
        if not good:
            raise ValueError(f"has the impossible range {'|'.join(cells[2:5])[:80]}")
        text = cells[1]
        code = codes.get(text)
        if code is None:
            code = codes[text] = code_of(text)
        if code and cells[6] in ("allocated", "assigned"):
            told.rows += 1
            yield family, first[1], last, code
        else:
            told.unknown += 1
    if not head:
        raise ValueError("is empty")
    for kind, rows in promised.items():
        if seen[kind] < rows:
            raise ValueError(f"ends too early: {seen[kind]} of the {rows} {kind} rows that its summary promises")
