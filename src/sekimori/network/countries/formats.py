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
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from sekimori.network.countries import delegated, tables
from sekimori.network.countries.rows import BadTable, Row, Told


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
            yield from delegated.read(chain([first], rest), told)
            return
        yield from tables.read(chain([first], rest), told, locations or {})
    except (ValueError, OSError, csv.Error) as e:
        raise BadTable(f"{told.name}: {e} (after {told.rows + told.unknown} good rows)") from e
