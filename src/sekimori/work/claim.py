"""The SQL of the work columns: claim, renew, give back, bury. The same on SQLite and PostgreSQL.

Raw SQL on both engines (house rule 1.3): Django's `select_for_update(skip_locked=True)` is silently ignored on SQLite.
Every statement here is one short transaction, or part of the caller's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection, models, transaction

from sekimori.work.columns import LANES

LEASE_US = 60_000_000
MAX_TRIES = 5


@dataclass(frozen=True, slots=True)
class Claimed:
    """A claimed row: its id, the number of this try, its lane, and the fault of an earlier try."""

    id: int
    tries: int
    lane: int
    fault: str


def table(model: type[models.Model]) -> str:
    """Return the quoted table name of a model."""
    return connection.ops.quote_name(model._meta.db_table)


def _ready(where: str) -> str:
    extra = f" AND ({where})" if where else ""
    return f"work = 'due' AND due_at <= %s AND (lease IS NULL OR lease_until < %s){extra}"


def waiting_lanes(model: type[models.Model], where: str, now: int) -> list[int]:
    """Return the lanes that have a row to claim at `now` (µs)."""
    lanes = ", ".join(f"({n})" for n in range(LANES))
    sql = (f"WITH l(n) AS (VALUES {lanes}) SELECT n FROM l WHERE EXISTS "  # noqa: S608 - names are ours, values are parameters
           f"(SELECT 1 FROM {table(model)} WHERE lane = l.n AND {_ready(where)}) ORDER BY n")
    with connection.cursor() as cursor:
        cursor.execute(sql, [now, now])
        return [row[0] for row in cursor.fetchall()]


def shares(lanes: Sequence[int], limit: int, after: int) -> list[tuple[int, int]]:
    """Return (lane, most rows) in turn, starting behind lane `after`: at most a quarter of a batch from one lane
    while others wait (house rule 1.9), everything from one that is alone. Pure.
    """
    turn = [n for n in lanes if n > after] + [n for n in lanes if n <= after]
    if len(turn) == 1:
        return [(turn[0], limit)]
    return [(n, max(1, limit // 4)) for n in turn]


def claim(model: type[models.Model], where: str, now: int, lease: str, limit: int, after_lane: int = -1) -> list[Claimed]:
    """Lease up to `limit` due rows until now + 60 s and count the try; returns them in order of due time per lane."""
    lanes = waiting_lanes(model, where, now)
    if not lanes:
        return []
    lock = " FOR UPDATE SKIP LOCKED" if connection.vendor == "postgresql" else ""
    sql = (f"UPDATE {table(model)} SET lease = %s, lease_until = %s, tries = tries + 1 WHERE id IN ("  # noqa: S608 - names are ours, values are parameters
           f"SELECT id FROM {table(model)} WHERE lane = %s AND {_ready(where)} ORDER BY due_at, id LIMIT %s{lock})"
           " RETURNING id, tries, lane, fault, due_at")
    rows: list[tuple[int, int, int, str, int]] = []
    with transaction.atomic(), connection.cursor() as cursor:
        for lane, most in shares(lanes, limit, after_lane):
            left = min(most, limit - len(rows))
            if left <= 0:
                break
            cursor.execute(sql, [lease, now + LEASE_US, lane, now, now, left])
            rows.extend(cursor.fetchall())
    rows.sort(key=lambda r: (r[4], r[0]))
    return [Claimed(r[0], r[1], r[2], r[3]) for r in rows]


def renew(model: type[models.Model], lease: str, now: int) -> int:
    """Extend a lease to now + 60 s; returns how many rows it still holds."""
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table(model)} SET lease_until = %s WHERE lease = %s", [now + LEASE_US, lease])  # noqa: S608 - as above
        return int(cursor.rowcount)


def settle(model: type[models.Model], lease: str, ids: Sequence[int], word: str) -> int:
    """Set `work` of rows that the lease still holds and let them go; returns how many were hit."""
    return _update(model, lease, ids, "work = %s, lease = NULL, lease_until = NULL, fault = ''", [word])


def postpone(model: type[models.Model], lease: str, row: int, due_at: int, fault: str, *, give_back: bool) -> int:
    """Leave a row due at `due_at`; `give_back` returns the try (waiting or an outage is no failure of the row)."""
    tries = "tries = tries - 1, " if give_back else ""
    return _update(model, lease, [row], f"{tries}lease = NULL, lease_until = NULL, due_at = %s, fault = %s", [due_at, fault])


def release(model: type[models.Model], lease: str, ids: Sequence[int]) -> int:
    """Give rows back at once, with their tries: they are redone row by row."""
    return _update(model, lease, ids, "lease = NULL, lease_until = NULL, tries = tries - 1", [])


def bury(model: type[models.Model], lease: str, ids: Sequence[int], fault: str) -> int:
    """Mark rows that the lease holds as dead, with their fault; returns how many were hit."""
    return _update(model, lease, ids, "work = 'dead', lease = NULL, lease_until = NULL, fault = %s", [fault])


def _update(model: type[models.Model], lease: str, ids: Sequence[int], assign: str, values: list[str | int]) -> int:
    hit = 0
    with connection.cursor() as cursor:
        for i in range(0, len(ids), 400):
            some = list(ids[i:i + 400])
            marks = ", ".join(["%s"] * len(some))
            cursor.execute(f"UPDATE {table(model)} SET {assign} WHERE lease = %s AND id IN ({marks})", [*values, lease, *some])  # noqa: S608 - as above
            hit += cursor.rowcount
    return hit
