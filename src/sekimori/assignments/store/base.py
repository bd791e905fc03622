"""What both backends share: the columns, names of origins, sizes in use, ids, changes, corrections, expiry."""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db import connection, transaction

from sekimori.assignments.store.interface import Change, Expired
from sekimori.assignments.store.numbers import keep_shapes, origin_ids, shapes_of, take_ids
from sekimori.assignments.store.reach import LIMITS, reach_of
from sekimori.assignments.types import KEY_OFFSET, OPEN, NewRow, Origin, Row
from sekimori.values.outcomes import Refused

CLOSED, INFERRED = 1, 2
RETENTION = {"connection": 1, "nat": 2, "static": 3}
"""Retention classes as stored: connection logs, NAT logs, assignments that the provider wrote down itself."""
COLUMNS = (
    "i.id, i.start, i.ending, i.holder, o.source, i.flags, i.start_error, i.end_error, i.last_seen, o.device,"
    " i.recorded, i.revision, i.size, i.proto, o.feed, i.record, i.session"
)
TABLES = "assignments_interval i JOIN assignments_origin o ON o.id = i.origin"
STORED = (
    "realm, key, reach, start, ending, holder, origin, flags, start_error, end_error, last_seen, size, proto, session, line, id, retention"
)
RECORDED = "first_recorded, recorded, revision, record"
"""The same for all rows of a batch: now, now, 1, NULL."""


def to_row(t: Sequence[Any], realm: str, key: int) -> Row:
    """Return the Row of a tuple of COLUMNS."""
    ending, flags = t[2], t[5]
    return Row(
        t[0], realm, key, t[1], None if ending == OPEN else ending, t[3], t[4], flags & 1 == 1, flags & 2 == 2, t[6], t[7],
        t[8], t[9], t[10], t[11], t[12], t[13], t[14], t[15] or t[0], t[16],
    )


def by_start(t: Sequence[Any]) -> tuple[int, int]:
    """Return the sort key of a Row."""
    return t[3], t[0]


def known_at(rows: list[Row], as_of: int) -> list[Row]:
    """Return rows as they stood at `as_of`: those whose end was learned later are open, with nothing seen."""
    return [r._replace(end=None, closed=False, inferred_end=False, last_seen=None) if r.recorded_at > as_of else r for r in rows]


class Base:
    """Common half of the SQL backends."""

    def sizes(self, realm: str, family: int) -> list[int]:
        """See interface."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT size FROM assignments_shape WHERE realm = %s AND family = %s ORDER BY size", [realm, family])
            return [row[0] for row in cursor.fetchall()]

    def realms(self) -> list[str]:
        """Return the realms in which anything is stored."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT DISTINCT realm FROM assignments_shape ORDER BY realm")
            return [row[0] for row in cursor.fetchall()]

    def sharers(self, realm: str, address: int, lo: int, hi: int) -> int:
        """See interface."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT COUNT(DISTINCT holder) FROM assignments_interval WHERE realm = %s AND key BETWEEN %s AND %s AND start <= %s"
                " AND ending >= %s AND superseded IS NULL",
                [realm, (address << 16) - KEY_OFFSET, (address << 16 | 0xFFFF) - KEY_OFFSET, hi, lo],
            )
            return int(cursor.fetchone()[0])

    def append(self, rows: Sequence[NewRow], now: int) -> range:
        """See interface."""
        if not rows:
            return range(0)
        with transaction.atomic():
            objects = {id(r[5]): r[5] for r in rows}  # most rows share one object: cheaper than hashing its texts each time
            numbers = origin_ids(set(objects.values()))
            origins = {place: (numbers[o], retention_of(o)) for place, o in objects.items()}
            keep_shapes(shapes_of(rows))
            ids = take_ids(len(rows))
            self._insert(_stored(rows, ids, origins), now)
        return ids

    def _insert(self, values: Iterator[tuple[Any, ...]], now: int) -> None:
        """Insert tuples of the columns STORED, recorded `now`."""
        raise NotImplementedError

    def _partitions(self, endings: Iterable[tuple[int, int]]) -> None:
        """Make room for rows with these (ending, retention class)."""

    def change(self, changes: Sequence[Change], now: int) -> int:
        """See interface."""
        if not changes:
            return 0
        with transaction.atomic(), connection.cursor() as cursor:
            known = {t[0]: t for t in self._starts(cursor, [c.id for c in changes])}
            self._partitions((c.end, known[c.id][2]) for c in changes if c.end is not None and c.id in known)
            values = []
            for c in changes:
                if c.id in known:
                    start = known[c.id][1]
                    ending = OPEN if c.end is None else max(c.end, start)
                    flags = c.closed * CLOSED + c.inferred_end * INFERRED
                    values.append((ending, reach_of(start, ending), flags, c.end_error_us, c.last_seen, now, c.id))
            self._update(cursor, values)
            return len(values)

    def _starts(self, cursor: Any, ids: Sequence[int]) -> list[tuple[Any, ...]]:
        """Return (id, start, retention class) of rows by id."""
        return _fetch_by_ids(cursor, "id, start, retention", ids)

    def _update(self, cursor: Any, values: Sequence[tuple[Any, ...]]) -> None:
        """Set (ending, reach, flags, end error, last seen, recorded) of the rows of these ids (last) that are not closed."""
        cursor.executemany(
            "UPDATE assignments_interval SET ending = %s, reach = %s, flags = %s, end_error = %s, last_seen = %s,"
            " recorded = CASE WHEN %s > recorded THEN %s ELSE recorded END WHERE id = %s AND (flags & 1) = 0",
            [(*v[:6], v[5], v[6]) for v in values],
        )

    def correct(self, corrections: Sequence[tuple[Row, NewRow | None]], reason: str, now: int) -> list[int]:
        """See interface."""
        new = []
        with transaction.atomic():
            for old, replacement in corrections:
                record, revision = old.record or old.id, old.revision + 1
                with connection.cursor() as cursor:
                    cursor.execute(
                        "UPDATE assignments_interval SET superseded = %s WHERE id = %s AND superseded IS NULL", [now, old.id]
                    )
                    if cursor.rowcount != 1:
                        raise Refused("assignments.already_corrected", f"row {old.id}")
                    number = None
                    if replacement is not None:
                        number = self.append([replacement], now)[0]
                        cursor.execute(
                            "UPDATE assignments_interval SET revision = %s, record = %s WHERE id = %s", [revision, record, number]
                        )
                        new.append(number)
                    cursor.execute(
                        "INSERT INTO assignments_correction (record, revision, row, reason, recorded) VALUES (%s, %s, %s, %s, %s)",
                        [record, revision, number, reason, now],
                    )
        return new

    def retract(self, feed: str, now: int) -> int:
        """See interface."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "UPDATE assignments_interval SET superseded = %s WHERE superseded IS NULL"
                " AND origin IN (SELECT id FROM assignments_origin WHERE feed = %s)",
                [now, feed],
            )
            return int(cursor.rowcount)

    def open_rows(self, *, sessions: Sequence[int] = (), lines: Sequence[int] = ()) -> list[tuple[Row, int]]:
        """See interface."""
        found: dict[int, tuple[Row, int]] = {}
        for column, values in (("session", sessions), ("line", lines)):
            for n in range(0, len(values), 500):
                part = list(values[n : n + 500])
                with connection.cursor() as cursor:
                    cursor.execute(
                        f"SELECT {COLUMNS}, i.realm, i.key, i.line FROM {TABLES} WHERE i.{column} IN ({', '.join(['%s'] * len(part))})"
                        f" AND i.ending = {OPEN} AND i.superseded IS NULL",
                        part,
                    )
                    for t in cursor.fetchall():
                        found[t[0]] = to_row(t, t[17], t[18] + KEY_OFFSET), t[19]
        return list(found.values())

    def stale(self, feed: str, device: str | None, before: int, limit: int = 10_000) -> list[Row]:
        """See interface."""
        sql = (
            f"SELECT {COLUMNS}, i.realm, i.key FROM {TABLES} WHERE i.ending = {OPEN} AND o.feed = %s"
            " AND COALESCE(i.last_seen, i.start) < %s AND i.superseded IS NULL"
        )
        args: list[Any] = [feed, before]
        if device is not None:
            sql, args = sql + " AND o.device = %s", [*args, device]
        with connection.cursor() as cursor:
            cursor.execute(sql + f" ORDER BY i.id LIMIT {int(limit)}", args)
            return [to_row(t, t[17], t[18] + KEY_OFFSET) for t in cursor.fetchall()]

    def rows(self, ids: Sequence[int]) -> list[Row]:
        """Return rows by id, superseded ones too: a proof names what it stood on."""
        with connection.cursor() as cursor:
            out = []
            for n in range(0, len(ids), 500):
                part = list(ids[n : n + 500])
                cursor.execute(
                    f"SELECT {COLUMNS}, i.realm, i.key FROM {TABLES} WHERE i.id IN ({', '.join(['%s'] * len(part))}) ORDER BY i.id", part
                )
                out += [to_row(t, t[17], t[18] + KEY_OFFSET) for t in cursor.fetchall()]
            return out

    def expire(self, before: Mapping[str, int]) -> Expired:
        """See interface."""
        digest, by_class = hashlib.sha256(), dict.fromkeys(sorted(before), 0)
        ends: list[int] = []
        whole: list[str] = []
        with transaction.atomic(), connection.cursor() as cursor:
            for name, limit in sorted(before.items()):
                for gone in self._delete(cursor, RETENTION[name], limit, whole):
                    digest.update(b"".join(b"%d %d\n" % row for row in sorted(gone)))
                    by_class[name] += len(gone)
                    closed = [ending for _, ending in gone if ending != OPEN]
                    if closed:
                        ends += [min(closed), max(closed)]
            cursor.execute("DELETE FROM assignments_correction WHERE recorded < %s", [min(before.values())])
            self._drop(cursor, whole)
        return Expired(sum(by_class.values()), min(ends, default=None), max(ends, default=None), digest.hexdigest(), by_class)

    def _delete(self, cursor: Any, retention: int, limit: int, whole: list[str]) -> Iterator[list[tuple[int, int]]]:
        """Delete the rows of a class that ended, or were last seen, before `limit`; yield (id, ending) of them in parts.

        Tables that are better dropped as a whole go into `whole`.
        """
        raise NotImplementedError

    def _drop(self, cursor: Any, whole: Sequence[str]) -> None:
        """Drop what `_delete` left; last of all, because nobody can ask from here to the commit."""


def _stored(rows: Sequence[NewRow], ids: range, origins: Mapping[int, tuple[int, int]]) -> Iterator[tuple[Any, ...]]:
    """Yield rows as stored; a million of them are worth the unpacking. `origins`: id of the object → (number, retention class)."""
    for number, (realm, key, start, end, holder, origin, closed, inferred, e0, e1, seen, size, proto, session, line) in zip(ids, rows, strict=True):
        ending = OPEN if end is None else end
        place, retention = origins[id(origin)]
        yield (
            realm, key - KEY_OFFSET, bisect_left(LIMITS, ending - start), start, ending, holder, place,
            closed + 2 * inferred, e0, e1, seen, size, proto, session, line, number, retention,
        )


def retention_of(origin: Origin) -> int:
    """Return the retention class of a source's rows, as stored."""
    from sekimori.assignments.sources.registry import SOURCES

    source = SOURCES.get(origin.source)
    return RETENTION[source.retention if source else "connection"]


def _fetch_by_ids(cursor: Any, columns: str, ids: Sequence[int]) -> list[tuple[Any, ...]]:
    out: list[tuple[Any, ...]] = []
    for n in range(0, len(ids), 500):
        part = list(ids[n : n + 500])
        cursor.execute(f"SELECT {columns} FROM assignments_interval WHERE id IN ({', '.join(['%s'] * len(part))})", part)
        out += cursor.fetchall()
    return out
