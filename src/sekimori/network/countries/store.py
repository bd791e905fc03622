"""The table of countries in the data folder: loaded whole or not at all, read anew when it changed."""

from __future__ import annotations

import io
import os
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from sekimori.ledger.service import write
from sekimori.network.countries.formats import read
from sekimori.network.countries.rows import BadTable, Row, Told
from sekimori.network.countries.table import Table, build, table_of
from sekimori.settings import current as settings
from sekimori.values.actors import Actor
from sekimori.values.addresses import Address
from sekimori.values.clock import iso
from sekimori.values.unpacked import open_unpacked

SHRINK = 0.5
"""A table that covers less than this share of the one before is refused: half of the files are missing, most likely."""
_cache: tuple[tuple[str, int, int, int], Table] | None = None
"""(path, inode, size, mtime in ns) → table."""


def path() -> Path:
    """Return where the compact table stands: `countries.table`, or `countries.table` in the data folder."""
    return Path(settings().countries.table) if settings().countries.table else settings().data / "countries.table"


def current() -> Table | None:
    """Return the table in force, None where none is loaded. Looks at the file each time: a load elsewhere is seen at once.

    Raises BadTable where the file is damaged.
    """
    global _cache  # noqa: PLW0603 - one table per process, checked against the file at every call
    where = path()
    try:
        stat = where.stat()
        key = str(where), stat.st_ino, stat.st_size, stat.st_mtime_ns
        if _cache is None or _cache[0] != key:
            _cache = key, table_of(where.read_bytes())
    except FileNotFoundError:
        return None
    except OSError as e:
        raise BadTable(f"{where}: {e.strerror}") from None
    return _cache[1]


def finder(ours: Callable[[Address], bool], home: str) -> Callable[[Address], str]:
    """Return what tells the country of a client's address: `home` for our own prefixes, "" where nobody knows or no table is loaded."""
    table = current()
    if table is None:
        return lambda _: ""
    found = table.country
    return lambda address: home if ours(address) else found(address)


def load(files: Sequence[Path], now: datetime, actor: Actor, *, shrink: bool = False) -> dict[str, Any]:
    """Read files into a new table and put it in the place of the old one, at once; returns what the command prints.

    Raises BadTable (the old table stays) where a file cannot be read, is damaged or of no known kind, names no country at all, or where the new
    table covers less than half of the old one's addresses and not `shrink`.
    """
    began = time.process_time()
    told: list[Told] = []
    table = build(_all(files, told), {})
    tables = [t for t in told if t.kind != "locations"]
    rows, unknown = sum(t.rows for t in tables), sum(t.unknown for t in tables)
    if not rows:
        raise BadTable("these files name no country of any address")
    before = _before()
    for name, what in (("addresses4", "IPv4"), ("slash64s6", "IPv6")):
        if before and not shrink and table.meta[name] < SHRINK * before.meta.get(name, 0):
            raise BadTable(f"the new table covers less than half of the {what} addresses of the one in force: are files missing? (--shrink loads it all the same)")
    days = [_day(t, f) for t, f in zip(told, files, strict=True)]
    table.meta = {**table.meta, "rows": rows, "unknown": unknown, "made": iso(now), "dated": min(days),
                  "files": [{"name": t.name, "kind": t.kind, "rows": t.rows, "unknown": t.unknown, "dated": d} for t, d in zip(told, days, strict=True)]}
    beside = _beside(table.octets())
    with transaction.atomic():
        write(actor, "countries.loaded", "countries", {k: table.meta[k] for k in ("rows", "ranges4", "ranges6", "dated")}, now)
        beside.replace(path())
    spent = time.process_time() - began
    return {"read": rows + unknown, "stored": rows, **{k: table.meta[k] for k in ("unknown", "contradictions", "ranges4", "ranges6", "dated", "files")},
            "cpu_seconds": round(spent, 2)}


def _before() -> Table | None:
    try:
        return current()
    except BadTable:
        return None  # a damaged one is no measure


def _all(files: Sequence[Path], told: list[Told]) -> Iterator[Row]:
    """Yield the rows of all files, lists of places first, whatever the order."""
    told += [Told(f.name) for f in files]
    pairs = list(zip(files, told, strict=True))
    lists = [pair for pair in pairs if "country_iso_code" in next(_lines(*pair), "")]
    places: dict[str, int] = {}
    for file, one in lists:
        yield from read(_lines(file, one), one)
        places.update(one.locations)
    for pair in pairs:
        if pair not in lists:
            yield from read(_lines(*pair), pair[1], places)


def _lines(file: Path, told: Told) -> Iterator[str]:
    try:
        with io.TextIOWrapper(open_unpacked(file), encoding="utf-8", newline="") as text:
            yield from text
    except (EOFError, zlib.error, UnicodeDecodeError, OSError) as e:
        raise BadTable(f"{told.name}: cannot be read ({getattr(e, 'strerror', None) or 'damaged, or no text'})") from None


def _day(told: Told, file: Path) -> str:
    """Return the day of a file's data: what it states, else its last change; YYYY-MM-DD."""
    if told.dated:
        return f"{told.dated[:4]}-{told.dated[4:6]}-{told.dated[6:]}"
    return datetime.fromtimestamp(file.stat().st_mtime, UTC).date().isoformat()


def _beside(octets: bytes) -> Path:
    """Write the table beside its place, to be renamed there: whoever reads sees the old one or the new one, whole."""
    where = path()
    beside = where.with_name(f"{where.name}.{os.getpid()}")
    try:
        with beside.open("wb") as f:
            f.write(octets)
            f.flush()
            os.fsync(f.fileno())
    except OSError as e:
        beside.unlink(missing_ok=True)
        raise BadTable(f"{where}: {e.strerror}") from None
    return beside
