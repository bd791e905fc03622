"""The shared backend: partitions by week of end (`schema.py`), questions by functions that are planned once (`touching.py`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import connection

from sekimori.assignments.schema import DAY_US, MONDAY_US, TABLE, ensure_partitions, week_of
from sekimori.assignments.store.base import COLUMNS, RECORDED, STORED, Base, by_start, known_at, to_row
from sekimori.assignments.store.reach import CLASSES
from sekimori.assignments.store.touching import sharers, touching
from sekimori.assignments.types import KEY_OFFSET, OPEN, Probe, Row

PART = 100_000
"""Rows read at a time for the record of an expiry."""
_PROBES = "unnest(%s::text[], %s::bigint[], %s::bigint[], %s::bigint[], %s::int[], %s::int[]) WITH ORDINALITY AS p(realm, key, lo, hi, size, proto, n)"
_AS_OF = (
    f"SELECT {COLUMNS}, p.n FROM {_PROBES} JOIN {TABLE} i ON i.realm = p.realm AND i.key = p.key AND i.start <= p.hi"
    " AND (p.size = -1 OR i.size = p.size) AND (p.proto = 0 OR i.proto = 0 OR i.proto = p.proto)"
    " JOIN assignments_origin o ON o.id = i.origin"
    " WHERE (i.ending >= p.lo OR i.recorded > %s) AND i.first_recorded <= %s AND (i.superseded IS NULL OR i.superseded > %s)"
)
_COPIED = f"{STORED}, {RECORDED}"
_SMALL, _PLAIN = {"reach", "flags", "proto", "retention", "revision"}, {"origin": "int4", "size": "int4", "realm": "text", "holder": "text"}
_TYPES = [_PLAIN.get(name, "int2" if name in _SMALL else "int8") for name in _COPIED.split(", ")]
_UPDATE = (
    f"UPDATE {TABLE} i SET ending = c.ending, reach = c.reach, flags = c.flags, end_error = c.end_error, last_seen = c.last_seen,"
    " recorded = GREATEST(i.recorded, c.recorded) FROM unnest(%s::bigint[], %s::smallint[], %s::smallint[], %s::bigint[], %s::bigint[],"
    " %s::bigint[], %s::bigint[]) AS c(ending, reach, flags, end_error, last_seen, recorded, id) WHERE i.id = c.id AND (i.flags & 1) = 0"
)


class PostgresStore(Base):
    """See `interface.Store`."""

    def lookup(self, probes: Sequence[Probe], as_of: int | None = None) -> list[list[Row]]:
        """See interface."""
        out: list[list[Row]] = [[] for _ in probes]
        if not probes:
            return out
        with connection.cursor() as cursor:
            for t in touching(cursor, probes) if as_of is None else _as_of(cursor, probes, as_of):
                n = t[17] - 1
                out[n].append(to_row(t, probes[n][0], probes[n][1]))
        for n, rows in enumerate(out):
            if len(rows) > 1:
                rows.sort(key=by_start)
            if as_of is not None:
                out[n] = known_at(rows, as_of)
        return out

    def sharers(self, realm: str, address: int, lo: int, hi: int) -> int:
        """See interface."""
        first = (address << 16) - KEY_OFFSET
        with connection.cursor() as cursor:
            return sharers(cursor, realm, first, first + 0xFFFF, lo, hi)

    def _partitions(self, endings: Iterable[tuple[int, int]]) -> None:
        days = {(ending // DAY_US, retention) for ending, retention in endings if ending != OPEN}  # also of long rows: harmless
        with connection.cursor() as cursor:
            ensure_partitions(cursor, {(week_of(day * DAY_US), retention) for day, retention in days})

    def _insert(self, values: Iterator[tuple[Any, ...]], now: int) -> None:
        kept, same = list(values), (now, now, 1, None)
        self._partitions((v[4], v[16]) for v in kept)
        # Binary: half of the client's time of the text form.
        with connection.cursor() as cursor, cursor.copy(f"COPY {TABLE} ({_COPIED}) FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types(_TYPES)
            for v in kept:
                copy.write_row(v + same)

    def _starts(self, cursor: Any, ids: Sequence[int]) -> list[tuple[Any, ...]]:
        """Nearly all are open: only what is not is looked for in every week."""
        sql = f"SELECT id, start, retention FROM {TABLE} WHERE id = ANY(%s) AND ending"
        cursor.execute(f"{sql} = {OPEN}", [list(ids)])
        found: list[tuple[Any, ...]] = cursor.fetchall()
        if left := list(set(ids).difference(t[0] for t in found)):
            cursor.execute(f"{sql} < {OPEN}", [left])
            found += cursor.fetchall()
        return found

    def _update(self, cursor: Any, values: Sequence[tuple[Any, ...]]) -> None:
        """One statement for all; one for each row took 3 ms a row, nearly all of it for planning."""
        last: dict[int, tuple[Any, ...]] = {}
        for v in values:
            if v[6] not in last or not last[v[6]][2] & 1:  # as if one after another: nothing changes a closed row
                last[v[6]] = v
        if not last:
            return
        cursor.execute(f"{_UPDATE} AND i.ending = {OPEN} RETURNING i.id", [list(c) for c in zip(*last.values(), strict=True)])
        for (number,) in cursor.fetchall():
            del last[number]
        if last:
            cursor.execute(_UPDATE, [list(c) for c in zip(*last.values(), strict=True)])

    def _delete(self, cursor: Any, retention: int, limit: int, whole: list[str]) -> Iterator[list[tuple[int, int]]]:
        """Weeks that are over are dropped (dead rows on disk are data that still can be read); only the last one loses rows."""
        last_week = week_of(limit)
        for week, name in self._weeks(cursor, retention):
            if week >= last_week:
                break
            cursor.execute(f"LOCK TABLE {name} IN EXCLUSIVE MODE")  # questions go on; a row that came now would go without a record
            whole.append(name)
            last = -1
            while True:
                cursor.execute(f"SELECT id, ending FROM {name} WHERE id > %s ORDER BY id LIMIT {PART}", [last])
                part = cursor.fetchall()
                if not part:
                    break
                yield part
                last = part[-1][0]
        kept_from = last_week * 7 * DAY_US + MONDAY_US if last_week else 0
        for which, args in (
            (f"ending < {OPEN} AND ending < %s AND (reach = {CLASSES - 1} OR ending >= %s)", [limit, kept_from]),
            (f"ending = {OPEN} AND last_seen < %s", [limit]),
        ):
            cursor.execute(f"DELETE FROM {TABLE} WHERE {which} AND retention = %s RETURNING id, ending", [*args, retention])
            yield cursor.fetchall()

    def _drop(self, cursor: Any, whole: Sequence[str]) -> None:
        for name in whole:
            cursor.execute(f"DROP TABLE {name}")
        for week in {name.rpartition("_r")[0] for name in whole}:
            cursor.execute("SELECT COUNT(*) FROM pg_inherits WHERE inhparent = to_regclass(%s)", [week])
            if not cursor.fetchone()[0]:
                cursor.execute(f"DROP TABLE {week}")

    def _weeks(self, cursor: Any, retention: int) -> list[tuple[int, str]]:
        """Return (week, table) of the partitions of a retention class, oldest first."""
        cursor.execute(
            "SELECT substring(c.relname from '_w([0-9]+)_r')::int, c.relname FROM pg_class c WHERE c.relkind = 'r'"
            " AND c.relname ~ %s AND pg_table_is_visible(c.oid) ORDER BY 1",
            [f"^{TABLE}_w[0-9]+_r{retention}$"],
        )
        found: list[tuple[int, str]] = cursor.fetchall()
        return found


def _as_of(cursor: Any, probes: Sequence[Probe], as_of: int) -> list[tuple[Any, ...]]:
    realms, keys, los, his, sizes, protos = (list(c) for c in zip(*probes, strict=True))
    cursor.execute(_AS_OF, [realms, [k - KEY_OFFSET for k in keys], los, his, sizes, protos, as_of, as_of, as_of])
    found: list[tuple[Any, ...]] = cursor.fetchall()
    return found
