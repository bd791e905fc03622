"""What rows refer to: numbers of origins, sizes in use, their own ids."""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter

from django.db import connection

from sekimori.assignments.types import NewRow, Origin

V6_FROM = 1 << 48
"""Keys of IPv6 prefixes are larger than every key of IPv4."""
ID_BLOCK = "interval"


def origin_ids(origins: set[Origin]) -> dict[Origin, int]:
    """Return the numbers of origins, giving new ones a number."""
    out = {}
    with connection.cursor() as cursor:
        for origin in sorted(origins):
            where = "SELECT id FROM assignments_origin WHERE feed = %s AND source = %s AND device = %s"
            cursor.execute(where, origin)
            found = cursor.fetchone()
            if found is None:
                cursor.execute(
                    "INSERT INTO assignments_origin (feed, source, device) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING", origin
                )
                cursor.execute(where, origin)
                found = cursor.fetchone()
            out[origin] = found[0]
    return out


def shapes_of(rows: Sequence[NewRow]) -> set[tuple[str, int, int]]:
    """Return the (realm, family, size) in use in rows."""
    if max(map(itemgetter(1), rows)) < V6_FROM:
        return {(realm, 4, size) for realm, size in set(map(itemgetter(0, 11), rows))}
    return {(r[0], 4 if r[1] < V6_FROM else 6, r[11]) for r in rows}


def keep_shapes(shapes: set[tuple[str, int, int]]) -> None:
    """Remember the (realm, family, size) in use."""
    with connection.cursor() as cursor:
        for shape in sorted(shapes):
            cursor.execute("SELECT 1 FROM assignments_shape WHERE realm = %s AND family = %s AND size = %s", shape)
            if cursor.fetchone() is None:
                cursor.execute(
                    "INSERT INTO assignments_shape (realm, family, size) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING", shape
                )


def take_ids(count: int) -> range:
    """Return so many new ids of rows; none is given twice."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO assignments_counter (name, value) VALUES (%s, %s) ON CONFLICT (name)"
            " DO UPDATE SET value = assignments_counter.value + excluded.value RETURNING value",
            [ID_BLOCK, count],
        )
        last = cursor.fetchone()[0]
    return range(last - count + 1, last + 1)
