"""The shared backend: partitions by week of end (`schema.py`), one statement per batch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import connection

from sekimori.assignments.schema import DAY_US, MONDAY_US, TABLE, ensure_partitions, week_of
from sekimori.assignments.store.base import COLUMNS, RECORDED, STORED, Base, to_row
from sekimori.assignments.store.reach import CLASSES, LIMITS
from sekimori.assignments.store.sqlite import known_at
from sekimori.assignments.types import KEY_OFFSET, OPEN, Probe, Row

PART = 100_000
"""Rows read at a time for the record of an expiry."""

_PROBES = "unnest(%s::text[], %s::bigint[], %s::bigint[], %s::bigint[], %s::int[], %s::int[]) WITH ORDINALITY AS p(realm, key, lo, hi, size, proto, n)"
_MATCH = "(p.size = -1 OR i.size = p.size) AND (p.proto = 0 OR i.proto = 0 OR i.proto = p.proto)"


def _class(n: int) -> str:
    """One class of duration. Bounding the end as well lets PostgreSQL leave out weeks that it cannot be in."""
    if n == CLASSES - 1:
        return f"i.reach = {n}"
    return f"i.reach = {n} AND i.start >= p.lo - {LIMITS[n]} AND i.ending <= p.hi + {LIMITS[n]}"


_LATERAL = " UNION ALL ".join(
    f"SELECT * FROM {TABLE} i WHERE i.realm = p.realm AND i.key = p.key AND {_class(n)} AND i.start <= p.hi"
    f" AND i.ending >= p.lo AND i.superseded IS NULL AND {_MATCH}"
    for n in range(CLASSES)
)
_BATCH = f"SELECT {COLUMNS}, p.n FROM {_PROBES} CROSS JOIN LATERAL ({_LATERAL}) i JOIN assignments_origin o ON o.id = i.origin"
_BETWEEN = {n: f"i.start >= %(lo)s - {LIMITS[n]} AND i.ending <= %(hi)s + {LIMITS[n]} AND " for n in range(CLASSES - 1)}
_ONE = " UNION ALL ".join(
    f"SELECT {COLUMNS} FROM {TABLE} i JOIN assignments_origin o ON o.id = i.origin WHERE i.realm = %(realm)s AND i.key = %(key)s AND i.reach = {n}"
    f" AND {_BETWEEN.get(n, '')}i.start <= %(hi)s AND i.ending >= %(lo)s AND i.superseded IS NULL AND (%(size)s = -1 OR i.size = %(size)s)"
    " AND (%(proto)s = 0 OR i.proto = 0 OR i.proto = %(proto)s)"
    for n in range(CLASSES)
)
SINGLES = 12
"""Up to so many probes are asked one by one, with constants: the planner then sees which weeks matter."""
_AS_OF = (
    f"SELECT {COLUMNS}, p.n FROM {_PROBES} JOIN {TABLE} i ON i.realm = p.realm AND i.key = p.key AND i.start <= p.hi AND {_MATCH}"
    " JOIN assignments_origin o ON o.id = i.origin"
    " WHERE (i.ending >= p.lo OR i.recorded > %s) AND i.first_recorded <= %s AND (i.superseded IS NULL OR i.superseded > %s)"
)


class PostgresStore(Base):
    """See `interface.Store`."""

    def lookup(self, probes: Sequence[Probe], as_of: int | None = None) -> list[list[Row]]:
        """See interface."""
        out: list[list[Row]] = [[] for _ in probes]
        if not probes:
            return out
        if as_of is None and len(probes) <= SINGLES:
            return [self._one(p) for p in probes]
        realms, keys, los, his, sizes, protos = (list(c) for c in zip(*probes, strict=True))
        args: list[Any] = [realms, [k - KEY_OFFSET for k in keys], los, his, sizes, protos]
        with connection.cursor() as cursor:
            if as_of is None:
                cursor.execute(_BATCH, args)
            else:
                cursor.execute(_AS_OF, [*args, as_of, as_of, as_of])
            for t in cursor.fetchall():
                n = t[17] - 1
                out[n].append(to_row(t, realms[n], keys[n]))
        for n, rows in enumerate(out):
            rows.sort(key=lambda r: (r.start, r.id))
            if as_of is not None:
                out[n] = known_at(rows, as_of)
        return out

    def _one(self, p: Probe) -> list[Row]:
        with connection.cursor() as cursor:
            cursor.execute(_ONE, p._asdict() | {"key": p.key - KEY_OFFSET})
            return sorted((to_row(t, p.realm, p.key) for t in cursor.fetchall()), key=lambda r: (r.start, r.id))

    def _partitions(self, endings: Iterable[tuple[int, int]]) -> None:
        weeks = {(week_of(ending), retention) for ending, retention in endings if ending != OPEN}  # also of long rows: harmless
        with connection.cursor() as cursor:
            ensure_partitions(cursor, weeks)

    def _insert(self, values: Iterator[tuple[Any, ...]], now: int) -> None:
        kept = list(values)
        self._partitions((v[4], v[16]) for v in kept)
        with connection.cursor() as cursor, cursor.copy(f"COPY {TABLE} ({STORED}, {RECORDED}) FROM STDIN") as copy:
            for v in kept:
                copy.write_row((*v, now, now, 1, None))

    def _delete(self, cursor: Any, retention: int, limit: int) -> Iterator[list[tuple[int, int]]]:
        """Drop whole weeks (dead rows on disk are data that still can be read); delete row by row only in the last one."""
        for week, name in self._weeks(cursor, retention):
            if (week + 1) * 7 * DAY_US + MONDAY_US > limit:
                continue
            last = -1
            while True:
                cursor.execute(f"SELECT id, ending FROM {name} WHERE id > %s ORDER BY id LIMIT {PART}", [last])
                part = cursor.fetchall()
                if not part:
                    break
                yield part
                last = part[-1][0]
            cursor.execute(f"DROP TABLE {name}")
            cursor.execute("SELECT COUNT(*) FROM pg_inherits WHERE inhparent = to_regclass(%s)", [f"{TABLE}_w{week}"])
            if not cursor.fetchone()[0]:
                cursor.execute(f"DROP TABLE {TABLE}_w{week}")
        for ending in (f"ending < {OPEN} AND ending < %s", f"ending = {OPEN} AND last_seen < %s"):
            cursor.execute(f"DELETE FROM {TABLE} WHERE {ending} AND retention = %s RETURNING id, ending", [limit, retention])
            yield cursor.fetchall()

    def _weeks(self, cursor: Any, retention: int) -> list[tuple[int, str]]:
        """Return (week, table) of the partitions of a retention class, oldest first."""
        cursor.execute(
            "SELECT substring(c.relname from '_w([0-9]+)_r')::int, c.relname FROM pg_class c WHERE c.relkind = 'r'"
            " AND c.relname ~ %s AND pg_table_is_visible(c.oid) ORDER BY 1",
            [f"^{TABLE}_w[0-9]+_r{retention}$"],
        )
        found: list[tuple[int, str]] = cursor.fetchall()
        return found
