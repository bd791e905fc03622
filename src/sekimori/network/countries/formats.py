"""Tables of countries as registries and providers publish them, row by row. Pure.

* `delegated`: the registries' statistics exchange format, `registry|cc|type|start|value|date|status[|opaque-id]`; an IPv4 value is a number
  of addresses (no power of two needed), an IPv6 value a prefix length.
* `ranges`: CSV without header, `first,last,cc[,name]`: addresses (DB-IP lite) or decimal numbers (IP2Location LITE).
* `named`: CSV with a header that names a network, or first and last address, and a country code (IPinfo and the like).
* `blocks`: GeoLite2 country blocks; their `geoname_id` is looked up in the `locations` file that comes with them.

Anything that does not read refuses the file: these tables are written by machines, so a bad row means damage.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from socket import AF_INET, AF_INET6, inet_pton

UNKNOWN = 0
"""The code of "no country": reserved ranges, and codes such as EU, AP and ZZ that name none."""
NO_COUNTRY = frozenset({"", "-", "ZZ", "EU", "AP", "XX", "A1", "A2", "O1", "T1", "NONE"})
REGISTRIES = frozenset({"afrinic", "apnic", "arin", "lacnic", "ripencc", "iana"})
_CODE = re.compile(r"[A-Z]{2}\Z")
_MAPPED = 0xFFFF << 32
_V4 = 1 << 32
_FIRST = ("network", "cidr", "prefix", "start_ip", "ip_start", "first", "range_start", "ip_from", "start", "ip_range_start")
_LAST = ("end_ip", "ip_end", "last", "range_end", "ip_to", "end", "ip_range_end")
_COUNTRY = ("country_code", "country_iso_code", "iso_code", "cc", "country")
_NO_PLACE = ("is_anonymous_proxy", "is_satellite_provider", "is_anycast")
"""Flags of GeoLite2 under which a block's country is not its user's."""

Row = tuple[int, int, int, int]
"""Family, first and last address as numbers, code of the country."""


class BadTable(Exception):
    """A file is no table of countries, or a damaged one. The text is one line for a person and names the file."""


@dataclass(slots=True)
class Told:
    """What a file told of itself."""

    name: str
    kind: str = ""
    rows: int = 0
    unknown: int = 0
    """Rows that name no country."""
    dated: str = ""
    """The day (YYYYMMDD) that the file states, "" where it states none."""
    locations: dict[str, int] = field(default_factory=dict)
    """geoname_id → code, of a `locations` file."""


def code_of(text: str) -> int:
    """Return an ISO 3166 code as a number, UNKNOWN for codes that name no country. Raises ValueError."""
    text = text.strip().upper()
    if text in NO_COUNTRY:
        return UNKNOWN
    if not _CODE.match(text):
        raise ValueError(f"{text[:20]!r} is no country code")
    return ord(text[0]) << 8 | ord(text[1])


def text_of(code: int) -> str:
    """Return the two letters of a code, "" for UNKNOWN."""
    return chr(code >> 8) + chr(code & 255) if code else ""


def read(lines: Iterable[str], told: Told, locations: Mapping[str, int] | None = None) -> Iterator[Row]:
    """Yield the rows of a table and fill in `told`; a `locations` file yields none and fills `told.locations`.

    Raises BadTable.
    """
    try:
        rest = iter(lines)
        for first in rest:
            first = first.lstrip("\ufeff")
            if first.strip() and not first.startswith("#"):
                break
        else:
            raise ValueError("is empty")
        if "|" in first:
            yield from _delegated(chain([first], rest), told)
            return
        yield from _table(chain([first], rest), told, locations or {})
    except (ValueError, OSError, csv.Error) as e:
        raise BadTable(f"{told.name}: {e} (after {told.rows + told.unknown} good rows)") from e


def _delegated(lines: Iterable[str], told: Told) -> Iterator[Row]:
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
                promised[cells[2]] = _count(cells[4])
            continue
        if len(cells) < 7:
            raise ValueError("has a row of fewer than seven fields")
        kind = cells[2]
        if kind not in seen:
            if kind != "asn":
                raise ValueError(f"has a row of the unknown type {kind[:20]!r}")
            continue
        seen[kind] += 1
        first, size = _number(cells[3]), _count(cells[4])
        if kind == "ipv4":
            family, last = 4, first[1] + size - 1
            good = first[0] == 4 and size > 0 and last < _V4
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
    for kind, count in promised.items():
        if seen[kind] < count:
            raise ValueError(f"ends too early: {seen[kind]} of the {count} {kind} rows that its summary promises")


def _table(lines: Iterable[str], told: Told, locations: Mapping[str, int]) -> Iterator[Row]:
    rows = csv.reader(lines, strict=True)
    first = next(rows)
    names = [c.strip().lower() for c in first]
    if "geoname_id" in names and "network" not in names:
        told.kind = "locations"
        _locations(rows, names, told)
        return
    start = next((n for n in _FIRST if n in names), None)
    if start is None:
        told.kind = "ranges"
        if len(first) < 3:
            raise ValueError("is no known table of countries")
        yield from _rows(chain([first], rows), told, 0, 1, _codes(2))
        return
    place = names.index(start)
    last = next((names.index(n) for n in _LAST if n in names), None)
    if "geoname_id" in names:
        told.kind = "blocks"
        if not locations:
            raise ValueError("needs its Locations file (GeoLite2-Country-Locations-en.csv) in the same load")
        yield from _rows(rows, told, place, last, _places(names, locations))
        return
    told.kind = "named"
    yield from _rows(rows, told, place, last, _codes(_country_column(names)))


def _country_column(names: list[str]) -> int:
    for name in _COUNTRY:
        if name in names:
            return names.index(name)
    raise ValueError("names no column with a country code")


def _rows(rows: Iterable[list[str]], told: Told, first: int, last: int | None, code: Callable[[list[str]], int]) -> Iterator[Row]:
    for cells in rows:
        if not cells:
            continue
        try:
            family, lo, hi = _network(cells[first]) if last is None else _range(cells[first], cells[last])
            found = code(cells)
        except IndexError:
            raise ValueError("has a row with too few fields") from None
        if found:
            told.rows += 1
            yield family, lo, hi, found
        else:
            told.unknown += 1


def _codes(column: int) -> Callable[[list[str]], int]:
    known: dict[str, int] = {}

    def code(cells: list[str]) -> int:
        text = cells[column]
        value = known.get(text)
        if value is None:
            value = known[text] = code_of(text)
        return value

    return code


def _places(names: list[str], locations: Mapping[str, int]) -> Callable[[list[str]], int]:
    places = [names.index(n) for n in ("geoname_id", "registered_country_geoname_id") if n in names]
    flags = [names.index(n) for n in _NO_PLACE if n in names]

    def code(cells: list[str]) -> int:
        if any(cells[f] == "1" for f in flags):
            return UNKNOWN
        for place in places:
            if cells[place]:
                if cells[place] not in locations:
                    raise ValueError(f"names the place {cells[place][:20]!r}, which its Locations file lacks")
                return locations[cells[place]]
        return UNKNOWN

    return code


def _locations(rows: Iterable[list[str]], names: list[str], told: Told) -> None:
    if "country_iso_code" not in names:
        raise ValueError("names no column country_iso_code")
    key, country = names.index("geoname_id"), names.index("country_iso_code")
    for cells in rows:
        if not cells:
            continue
        if len(cells) <= max(key, country):
            raise ValueError("has a row with too few fields")
        told.locations[cells[key]] = code_of(cells[country])
        told.rows += 1


def _number(text: str) -> tuple[int, int]:
    """Return (family, number) of an address. Raises ValueError."""
    try:
        if ":" in text:
            value = int.from_bytes(inet_pton(AF_INET6, text.strip()))
            return (4, value - _MAPPED) if value >> 32 == 0xFFFF else (6, value)
        return 4, int.from_bytes(inet_pton(AF_INET, text.strip()))
    except (OSError, ValueError):
        raise ValueError(f"has {text[:50]!r} where an address should be") from None


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 11):
        raise ValueError(f"has {text[:20]!r} where a number should be")
    return int(text)


def _range(first: str, last: str) -> tuple[int, int, int]:
    if first.isascii() and first.isdigit() and last.isascii() and last.isdigit() and len(first) < 40 and len(last) < 40:
        lo, hi = int(first), int(last)
        family = 4 if hi < _V4 else 6
        if family == 6 and lo >> 32 == hi >> 32 == 0xFFFF:
            family, lo, hi = 4, lo - _MAPPED, hi - _MAPPED
    else:
        (family, lo), (other, hi) = _number(first), _number(last)
        if family != other:
            raise ValueError(f"has a range from one address family to the other: {first[:50]} to {last[:50]}")
    if lo > hi or hi >> 128:
        raise ValueError(f"has the impossible range {first[:50]} to {last[:50]}")
    return family, lo, hi


def _network(text: str) -> tuple[int, int, int]:
    address, slash, length = text.partition("/")
    family, lo = _number(address)
    bits = 32 if family == 4 else 128
    size = _count(length) if slash else bits
    if ":" in address and family == 4:
        size -= 96
    if not 0 < size <= bits or lo & ((1 << (bits - size)) - 1):
        raise ValueError(f"has {text[:60]!r} where a network should be")
    return family, lo, lo | ((1 << (bits - size)) - 1)
