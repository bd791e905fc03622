"""The compact table: sorted starts of ranges per address family, and the country from each start on. Pure.

As octets: a magic line, one line of JSON (counts, sources, SHA-256), then little-endian arrays: IPv4 starts (32 bits) with codes (16), IPv6 starts
as two 64-bit halves with codes. A look-up is one bisection; a range of no country has code 0.
"""

from __future__ import annotations

import hashlib
import json
import sys
from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sekimori.network.countries.rows import BadTable, Row, text_of
from sekimori.values.addresses import Address

MAGIC = b"sekimori countries 1\n"
_LOW = (1 << 64) - 1
_FORMS = ("I", "H", "Q", "Q", "H")
_META_MAX = 1 << 20


@dataclass(slots=True)
class Swept:
    """Ranges without overlap: `starts[i]` up to the next start has `codes[i]`."""

    starts: list[int]
    codes: list[int]
    contradictions: int
    """Stretches for which rows named several countries: they count as unknown."""
    addresses: int
    """Addresses with a country."""


class Table:
    """Which country an address is registered in. `meta` is what the load told (sources, counts, when)."""

    def __init__(self, arrays: tuple[array[int], array[int], array[int], array[int], array[int]], meta: Mapping[str, Any]) -> None:
        self._v4, self._codes4, self._high, self._low, self._codes6 = arrays
        self.meta = meta

    def country(self, address: Address) -> str:
        """Return the ISO 3166 code, or "" where the table names none. `address` is normalised."""
        number = int(address)
        if address.version == 4:
            place = bisect_right(self._v4, number) - 1
            return text_of(self._codes4[place]) if place >= 0 else ""
        high = number >> 64
        hi = bisect_right(self._high, high)
        lo = hi
        while lo and self._high[lo - 1] == high:  # starts within one /64 are rare
            lo -= 1
        place = bisect_right(self._low, number & _LOW, lo, hi) - 1
        return text_of(self._codes6[place]) if place >= 0 else ""

    def octets(self) -> bytes:
        """Return the table as the octets that `table_of` reads."""
        body = b"".join(_little(a).tobytes() for a in (self._v4, self._codes4, self._high, self._low, self._codes6))
        meta = {**self.meta, "v4": len(self._v4), "v6": len(self._high), "sha256": hashlib.sha256(body).hexdigest()}
        return MAGIC + json.dumps(meta, ensure_ascii=False).encode() + b"\n" + body


def table_of(octets: bytes) -> Table:
    """Read a compact table. Raises BadTable where it is none or damaged."""
    end = octets.find(b"\n", len(MAGIC), _META_MAX)
    try:
        if not octets.startswith(MAGIC) or end < 0:
            raise ValueError
        meta = json.loads(octets[len(MAGIC):end])
        body = memoryview(octets)[end + 1:]
        if hashlib.sha256(body).hexdigest() != meta["sha256"]:
            raise ValueError
        arrays, place = [], 0
        for form, count in zip(_FORMS, (meta["v4"], meta["v4"], meta["v6"], meta["v6"], meta["v6"]), strict=True):
            one = array(form)
            size = one.itemsize * count
            one.frombytes(body[place:place + size])
            arrays.append(_little(one))
            place += size
    except (ValueError, KeyError, TypeError, RecursionError):
        raise BadTable("the table of countries is damaged: load it again") from None
    return Table((arrays[0], arrays[1], arrays[2], arrays[3], arrays[4]), meta)


def build(rows: Iterable[Row], meta: Mapping[str, Any]) -> Table:
    """Build a table of rows in any order. `meta` may still be filled while the rows are read; counts are added to it."""
    packed: dict[int, list[int]] = {4: [], 6: []}
    four, six = packed[4], packed[6]
    for family, first, last, code in rows:
        if family == 4:
            four.append(first << 48 | last << 16 | code)
        else:
            six.append(first << 144 | last << 16 | code)
    v4, v6 = sweep(four, 32), sweep(six, 128)
    arrays = (array("I", v4.starts), array("H", v4.codes), array("Q", [s >> 64 for s in v6.starts]), array("Q", [s & _LOW for s in v6.starts]),
              array("H", v6.codes))
    told = {"ranges4": sum(map(bool, v4.codes)), "ranges6": sum(map(bool, v6.codes)), "contradictions": v4.contradictions + v6.contradictions,
            "addresses4": v4.addresses, "slash64s6": v6.addresses >> 64}
    return Table(arrays, {**meta, **told})


def sweep(packed: list[int], bits: int) -> Swept:
    """Sort packed rows (first, last, 16 bits of code) and take overlaps apart: where rows agree their country, else unknown."""
    packed.sort()
    out = Swept([], [], 0, 0)
    starts, codes = out.starts, out.codes
    top, free = (1 << bits) - 1, 0
    for first, last, code in _apart(packed, bits, out):
        if first > free and codes and codes[-1]:
            starts.append(free)
            codes.append(0)
        if code != (codes[-1] if codes else 0):
            starts.append(first)
            codes.append(code)
        if code:
            out.addresses += last - first + 1
        free = last + 1
    if codes and codes[-1] and free <= top:
        starts.append(free)
        codes.append(0)
    return out


def _apart(packed: list[int], bits: int, out: Swept) -> Iterator[tuple[int, int, int]]:
    """Yield ranges in order and without overlap."""
    mask, shift = (1 << bits) - 1, bits + 16
    cluster: list[tuple[int, int, int]] = []
    end = -1
    for row in packed:
        first, last, code = row >> shift, row >> 16 & mask, row & 0xFFFF
        if first > end and cluster:
            yield from cluster if len(cluster) == 1 else _resolved(cluster, out)
            cluster = []
        cluster.append((first, last, code))
        end = max(end, last)
    if cluster:
        yield from cluster if len(cluster) == 1 else _resolved(cluster, out)


def _resolved(cluster: list[tuple[int, int, int]], out: Swept) -> Iterator[tuple[int, int, int]]:
    """Yield the stretches of rows that overlap each other; one that is claimed for several countries has code 0."""
    changes = sorted([(first, 1, code) for first, _, code in cluster] + [(last + 1, -1, code) for _, last, code in cluster])
    held: Counter[int] = Counter()
    at = changes[0][0]
    for place, step, code in changes:
        if place > at and held:
            out.contradictions += len(held) > 1
            yield at, place - 1, next(iter(held)) if len(held) == 1 else 0
        at = place
        held[code] += step
        if not held[code]:
            del held[code]


def _little(values: array[int]) -> array[int]:
    if sys.byteorder == "big":
        values = array(values.typecode, values)
        values.byteswap()
    return values
