"""The embedded backend: one table, an index on the key, an index on the day of the end, secure_delete.

Speaks to sqlite3 below Django: a question costs 10–20 µs here, and Django's cursor alone as much again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

from sekimori.assignments.store.base import COLUMNS, RECORDED, STORED, TABLES, Base, by_start, known_at, to_row
from sekimori.assignments.store.reach import CLASSES, LIMITS
from sekimori.assignments.types import KEY_OFFSET, OPEN, Probe, Row

SINGLES = 12
"""Up to so many probes are asked one by one; more go through a temporary table."""
ROWS = 1_900
"""Most rows of one INSERT: 32,300 of the 32,766 parameters that SQLite allows unless told otherwise."""
DAY_US = 86_400_000_000

COLUMNS_STORED = STORED.count(",") + 1
_INSERT = f"INSERT INTO assignments_interval ({RECORDED}, {STORED}) VALUES"
_INSERT_ROW = f"(?1, ?1, 1, NULL, {', '.join('?' * COLUMNS_STORED)})"
_MATCH = "(?5 = -1 OR i.size = ?5) AND (?6 = 0 OR i.proto = 0 OR i.proto = ?6)"
_ONE = " UNION ALL ".join(
    f"SELECT {COLUMNS} FROM {TABLES} WHERE i.realm = ?1 AND i.key = ?2 AND i.reach = {n} AND i.start <= ?4"
    + (f" AND i.start >= ?3 - {LIMITS[n]}" if n < CLASSES - 1 else "")
    + f" AND i.ending >= ?3 AND i.superseded IS NULL AND {_MATCH}"
    for n in range(CLASSES)
)
_AS_OF = (
    f"SELECT {COLUMNS} FROM {TABLES} WHERE i.realm = ?1 AND i.key = ?2 AND i.start <= ?4 AND {_MATCH}"
    " AND (i.ending >= ?3 OR i.recorded > ?7) AND i.first_recorded <= ?7 AND (i.superseded IS NULL OR i.superseded > ?7)"
)
_REACHES = " UNION ALL ".join(f"SELECT {n} AS reach, {LIMITS[n] if n < CLASSES - 1 else OPEN} AS back" for n in range(CLASSES))
_BATCH = (
    f"SELECT {COLUMNS}, p.n FROM temp.assignments_probe p CROSS JOIN ({_REACHES}) c CROSS JOIN assignments_interval i"
    " ON i.realm = p.realm AND i.key = p.key AND i.reach = c.reach AND i.start BETWEEN p.lo - c.back AND p.hi"
    " JOIN assignments_origin o ON o.id = i.origin"
    " WHERE i.ending >= p.lo AND i.superseded IS NULL AND (p.size = -1 OR i.size = p.size)"
    " AND (p.proto = 0 OR i.proto = 0 OR i.proto = p.proto)"
)


class SqliteStore(Base):
    """See `interface.Store`. Belongs to the thread that made it, as its connection does."""

    def __init__(self) -> None:
        self._bulk = False
        self._wrapper = connections[DEFAULT_DB_ALIAS]  # the proxy `django.db.connection` costs 3 µs a look

    def _raw(self) -> Any:
        """Return the sqlite3 connection below Django's."""
        if self._wrapper.connection is None:
            self._wrapper.ensure_connection()
        return self._wrapper.connection

    def lookup(self, probes: Sequence[Probe], as_of: int | None = None) -> list[list[Row]]:
        """See interface."""
        if as_of is not None:
            return [_as_of(self._raw(), p, as_of) for p in probes]
        if len(probes) > SINGLES:
            return _batch(self._raw(), probes)
        execute = self._raw().execute
        out = []
        for realm, key, lo, hi, size, proto in probes:
            found = execute(_ONE, (realm, key - KEY_OFFSET, lo, hi, size, proto)).fetchall()
            if len(found) > 1:
                found.sort(key=_by_start)
            out.append([to_row(t, realm, key) for t in found])
        return out

    def _insert(self, values: Iterator[tuple[Any, ...]], now: int) -> None:
        if not self._bulk:
            # A log of 64 MiB instead of 4: pages that a load writes again and again are copied into the database once.
            self._raw().execute("PRAGMA wal_autocheckpoint = 16384")
            self._bulk = True
        raw = self._raw()
        # Long statements: each opens table and indexes once for its rows. 1,900 rows at a time 465,000 rows per CPU second, one by one 340,000.
        most = min(ROWS, (raw.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER) - 1) // COLUMNS_STORED)
        many = ", ".join([_INSERT_ROW] * most)
        while len(part := list(islice(values, most))) == most:
            raw.execute(f"{_INSERT} {many}", list(chain((now,), chain.from_iterable(part))))
        raw.executemany(f"{_INSERT} {_INSERT_ROW}", [(now, *row) for row in part])

    def _delete(self, cursor: Any, retention: int, limit: int, whole: list[str]) -> Iterator[list[tuple[int, int]]]:
        execute = self._raw().execute
        yield execute(
            f"DELETE FROM assignments_interval WHERE ending < {OPEN} AND ending / {DAY_US} <= ?1 AND ending < ?2 AND retention = ?3"
            " RETURNING id, ending",
            (limit // DAY_US, limit, retention),
        ).fetchall()
        yield execute(
            f"DELETE FROM assignments_interval WHERE ending = {OPEN} AND last_seen < ?1 AND retention = ?2 RETURNING id, ending",
            (limit, retention),
        ).fetchall()


def _by_start(t: tuple[Any, ...]) -> tuple[int, int]:
    return t[1], t[0]


def _as_of(raw: Any, p: Probe, as_of: int) -> list[Row]:
    found = raw.execute(_AS_OF, (p.realm, p.key - KEY_OFFSET, p.lo, p.hi, p.size, p.proto, as_of)).fetchall()
    return known_at([to_row(t, p.realm, p.key) for t in sorted(found, key=_by_start)], as_of)


def _batch(raw: Any, probes: Sequence[Probe]) -> list[list[Row]]:
    out: list[list[Row]] = [[] for _ in probes]
    execute = raw.execute
    execute(
        "CREATE TEMP TABLE IF NOT EXISTS assignments_probe"
        " (n INTEGER PRIMARY KEY, realm TEXT, key INTEGER, lo INTEGER, hi INTEGER, size INTEGER, proto INTEGER)"
    )
    order = sorted(range(len(probes)), key=lambda n: probes[n][:2])
    execute("SAVEPOINT assignments_batch")
    try:
        raw.executemany(
            "INSERT INTO temp.assignments_probe (realm, key, lo, hi, size, proto) VALUES (?, ? , ?, ?, ?, ?)",
            [(p[0], p[1] - KEY_OFFSET, p[2], p[3], p[4], p[5]) for p in map(probes.__getitem__, order)],
        )
        base = execute("SELECT MIN(n) FROM temp.assignments_probe").fetchone()[0]
        for t in execute(_BATCH):
            n = order[t[17] - base]
            p = probes[n]
            out[n].append(to_row(t, p[0], p[1]))
    finally:
        execute("DELETE FROM temp.assignments_probe")
        execute("RELEASE assignments_batch")
    for rows in out:
        if len(rows) > 1:
            rows.sort(key=by_start)
    return out
