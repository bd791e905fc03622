"""CSV tables of countries: with and without a header, by address, number or network; GeoLite2's blocks with their list of places. Pure."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain

from sekimori.network.countries.rows import MAPPED, UNKNOWN, V4, Row, Told, code_of, count, number

_FIRST = ("network", "cidr", "prefix", "start_ip", "ip_start", "first", "range_start", "ip_from", "start", "ip_range_start")
_LAST = ("end_ip", "ip_end", "last", "range_end", "ip_to", "end", "ip_range_end")
_COUNTRY = ("country_code", "country_iso_code", "iso_code", "cc", "country")
_NO_PLACE = ("is_anonymous_proxy", "is_satellite_provider", "is_anycast")
"""Flags of GeoLite2 under which a block's country is not its user's."""


def read(lines: Iterable[str], told: Told, locations: Mapping[str, int]) -> Iterator[Row]:
    """Yield the rows of a table; a list of places yields none and fills `told.locations`. Raises ValueError or csv.Error where it is damaged."""
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


def _range(first: str, last: str) -> tuple[int, int, int]:
    if first.isascii() and first.isdigit() and last.isascii() and last.isdigit() and len(first) < 40 and len(last) < 40:
        lo, hi = int(first), int(last)
        family = 4 if hi < V4 else 6
        if family == 6 and lo >> 32 == hi >> 32 == 0xFFFF:
            family, lo, hi = 4, lo - MAPPED, hi - MAPPED
    else:
        (family, lo), (other, hi) = number(first), number(last)
        if family != other:
            raise ValueError(f"has a range from one address family to the other: {first[:50]} to {last[:50]}")
    if lo > hi or hi >> 128:
        raise ValueError(f"has the impossible range {first[:50]} to {last[:50]}")
    return family, lo, hi


def _network(text: str) -> tuple[int, int, int]:
    address, slash, length = text.partition("/")
    family, lo = number(address)
    bits = 32 if family == 4 else 128
    size = count(length) if slash else bits
    if ":" in address and family == 4:
        size -= 96
    if not 0 < size <= bits or lo & ((1 << (bits - size)) - 1):
        raise ValueError(f"has {text[:60]!r} where a network should be")
    return family, lo, lo | ((1 << (bits - size)) - 1)
