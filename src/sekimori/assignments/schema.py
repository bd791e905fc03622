"""PostgreSQL: open intervals in one partition, closed ones by week of end and retention class, the rare long ones apart.

An expired week is dropped whole: nothing of it stays in the table's dead rows. Long rows (`store.reach`, over 12.7 days)
have a partition of their own, so that a question need not look into every week that may still hold one. Done after migrate
because Django knows no partitions; the table must still be empty, which it is at first use.
"""

from __future__ import annotations

from typing import Any

from django.db import connections, transaction

from sekimori.assignments.store import touching
from sekimori.assignments.store.reach import CLASSES
from sekimori.assignments.types import OPEN

TABLE = "assignments_interval"
DAY_US = 86_400_000_000
_MONDAY = 4  # 1970-01-05, in days since the epoch
MONDAY_US = _MONDAY * DAY_US
_LOCK = 0x5E4B1E
"""Advisory: one process at a time makes partitions."""


def install(using: str = "default", **_: Any) -> None:
    """Turn the empty table into a partitioned one and make the functions that ask it (idempotent); receiver of post_migrate."""
    connection = connections[using]
    if connection.vendor != "postgresql":
        return
    with transaction.atomic(using), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK + 1])  # another: no command waits for a loader's commit
        cursor.execute("SELECT relkind FROM pg_class WHERE oid = to_regclass(%s)", [TABLE])
        found = cursor.fetchone()
        if not found:
            return
        if found[0] not in {"p", b"p"}:
            _partition(cursor)
        touching.install(cursor)


def _partition(cursor: Any) -> None:
    cursor.execute(f"SELECT EXISTS (SELECT 1 FROM {TABLE})")
    if cursor.fetchone()[0]:
        raise RuntimeError(f"{TABLE} holds rows and is not partitioned; restore it from a backup into a fresh schema")
    cursor.execute(
        f"""
        ALTER TABLE {TABLE} RENAME TO {TABLE}_plain;
        CREATE TABLE {TABLE} (LIKE {TABLE}_plain INCLUDING DEFAULTS) PARTITION BY LIST (reach);
        DROP TABLE {TABLE}_plain;
        ALTER TABLE {TABLE} ALTER COLUMN id TYPE bigint, ALTER COLUMN realm TYPE varchar(40) COLLATE "C";
        CREATE INDEX assignments_key ON {TABLE} (realm, key, reach, start, ending);
        CREATE INDEX assignments_id ON {TABLE} (id);
        CREATE TABLE {TABLE}_week PARTITION OF {TABLE} FOR VALUES IN ({", ".join(map(str, range(CLASSES - 1)))}) PARTITION BY RANGE (ending);
        CREATE TABLE {TABLE}_far PARTITION OF {TABLE} FOR VALUES IN ({CLASSES - 1}) PARTITION BY RANGE (ending);
        CREATE TABLE {TABLE}_long PARTITION OF {TABLE}_far FOR VALUES FROM (MINVALUE) TO ({OPEN});
        CREATE TABLE {TABLE}_open PARTITION OF {TABLE}_far FOR VALUES FROM ({OPEN}) TO (MAXVALUE);
        CREATE INDEX assignments_open_session ON {TABLE}_open (session);
        CREATE INDEX assignments_open_line ON {TABLE}_open (line);
        """
    )


def week_of(ending: int) -> int:
    """Return the number of the week (Monday 00:00 UTC on) in which a closed row ended; the first days of 1970 are week 0."""
    return max(0, (ending // DAY_US - _MONDAY) // 7)


def ensure_partitions(cursor: Any, weeks: set[tuple[int, int]]) -> None:
    """Make the partitions of these (week, retention class) pairs where they are missing."""
    missing = _missing(cursor, weeks)
    if not missing:
        return
    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])  # two loaders at the turn of a week
    for week, retention in _missing(cursor, missing):
        lo, hi = (week * 7 + _MONDAY if week else 0), (week + 1) * 7 + _MONDAY
        name = f"{TABLE}_w{week}"
        # Attached, not created in place: that would keep every question waiting until the loader's commit.
        cursor.execute("SELECT to_regclass(%s)", [name])
        if cursor.fetchone()[0] is None:
            cursor.execute(
                f"CREATE TABLE {name} (LIKE {TABLE} INCLUDING DEFAULTS) PARTITION BY LIST (retention);"
                f"ALTER TABLE {TABLE}_week ATTACH PARTITION {name} FOR VALUES FROM ({lo * DAY_US}) TO ({hi * DAY_US})"
            )
        leaf = f"{name}_r{retention}"
        cursor.execute(
            f"CREATE TABLE {leaf} (LIKE {TABLE} INCLUDING DEFAULTS);"
            f"ALTER TABLE {name} ATTACH PARTITION {leaf} FOR VALUES IN ({retention})"
        )


def _missing(cursor: Any, weeks: set[tuple[int, int]]) -> set[tuple[int, int]]:
    names = {f"{TABLE}_w{week}_r{retention}": (week, retention) for week, retention in weeks}
    cursor.execute("SELECT n FROM unnest(%s::text[]) n WHERE to_regclass(n) IS NULL", [list(names)])
    return {names[n] for (n,) in cursor.fetchall()}
