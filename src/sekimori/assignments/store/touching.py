"""The questions of the hot path as functions in PostgreSQL, so that they are planned once a connection.

Planning a question over a year of weeks takes 3 to 5 ms, asking it 0.1 ms. Plans of a function belong to the server's
session, whoever's statements it carries: this holds behind a pooler in transaction mode too, where a statement that the
client prepared may not be known to the next session. The functions state their own planner settings for the same reason:
start-up options of a connection do not pass every pooler. Weeks that come and go make the server plan again.

* `plan_cache_mode`: one plan for all values; the executor leaves out the weeks that a window cannot touch.
* `jit`: compiling takes a hundred times as long as asking.
* `enable_seqscan`: a plan made while a week was empty would read the whole week, row by row, once it has filled.

They run with the rights of the caller (SECURITY INVOKER): no right to the table, no answer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from sekimori.assignments.store.base import COLUMNS
from sekimori.assignments.store.reach import CLASSES, LIMITS
from sekimori.assignments.types import KEY_OFFSET, Probe

_SETTINGS = "SET plan_cache_mode = force_generic_plan SET jit = off SET enable_seqscan = off"
_MATCH = "(p.size = -1 OR i.size = p.size) AND (p.proto = 0 OR i.proto = 0 OR i.proto = p.proto)"


def _of_class(n: int, lo: str, hi: str) -> str:
    """Return the condition of one class of duration; the end is bounded too, for the weeks that it cannot lie in."""
    within = f"i.reach = {n} AND i.start <= {hi} AND i.ending >= {lo} AND i.superseded IS NULL"
    return within if n == CLASSES - 1 else f"{within} AND i.start >= {lo} - {LIMITS[n]} AND i.ending <= {hi} + {LIMITS[n]}"


def _all_classes(what: str, keys: str, lo: str, hi: str) -> str:
    """Return `what` of the rows that touch a window. The bounds of the whole batch choose weeks once, those of a probe again."""
    return " UNION ALL ".join(
        f"SELECT {what} FROM assignments_interval i WHERE {keys} AND {_of_class(n, lo, hi)}"
        + ("" if n == CLASSES - 1 else f" AND i.ending BETWEEN q_lo AND q_hi + {LIMITS[n]}")
        for n in range(CLASSES)
    )


_TOUCHING = f"""
CREATE FUNCTION assignments_touching(
    q_realms text[], q_keys bigint[], q_los bigint[], q_his bigint[], q_sizes int[], q_protos int[], q_lo bigint, q_hi bigint)
RETURNS TABLE (
    id bigint, start bigint, ending bigint, holder text, source varchar, flags smallint, start_error bigint, end_error bigint,
    last_seen bigint, device varchar, recorded bigint, revision smallint, size int, proto smallint, feed varchar, record bigint,
    session bigint, n bigint)
LANGUAGE plpgsql STABLE {_SETTINGS} AS $$
#variable_conflict use_column
BEGIN RETURN QUERY
    SELECT {COLUMNS}, p.n
    FROM unnest(q_realms, q_keys, q_los, q_his, q_sizes, q_protos) WITH ORDINALITY AS p(realm, key, lo, hi, size, proto, n)
    CROSS JOIN LATERAL ({_all_classes("*", f"i.realm = p.realm AND i.key = p.key AND {_MATCH}", "p.lo", "p.hi")}) i
    JOIN assignments_origin o ON o.id = i.origin;
END $$
"""
_SHARERS = f"""
CREATE FUNCTION assignments_sharers(q_realm text, q_first bigint, q_last bigint, q_lo bigint, q_hi bigint) RETURNS bigint
LANGUAGE plpgsql STABLE {_SETTINGS} AS $$
BEGIN RETURN (
    SELECT COUNT(DISTINCT s.holder)
    FROM ({_all_classes("i.holder", "i.realm = q_realm AND i.key BETWEEN q_first AND q_last", "q_lo", "q_hi")}) s);
END $$
"""
FUNCTIONS = {"assignments_touching": _TOUCHING, "assignments_sharers": _SHARERS}
_ASK = "SELECT * FROM assignments_touching(%s::text[], %s::bigint[], %s::bigint[], %s::bigint[], %s::int[], %s::int[], %s, %s)"


def install(cursor: Any) -> None:
    """Make the functions, or make them anew where they are not those of this version."""
    for name, definition in FUNCTIONS.items():
        mark = hashlib.sha256(definition.encode()).hexdigest()
        cursor.execute(
            "SELECT oid::regprocedure::text, obj_description(oid, 'pg_proc') FROM pg_proc WHERE proname = %s AND pg_function_is_visible(oid)",
            [name],
        )
        found = cursor.fetchall()
        if [m for _, m in found] == [mark]:
            continue
        for signature, _ in found:
            cursor.execute(f"DROP FUNCTION {signature}")
        cursor.execute(definition.replace("%", "%%"))
        cursor.execute(f"COMMENT ON FUNCTION {name} IS '{mark}'")


def touching(cursor: Any, probes: Sequence[Probe]) -> list[tuple[Any, ...]]:
    """Return tuples of COLUMNS and the number of the probe (from 1) of all rows that touch the probes, in no order."""
    realms, keys, los, his, sizes, protos = (list(c) for c in zip(*probes, strict=True))
    cursor.execute(_ASK, [realms, [k - KEY_OFFSET for k in keys], los, his, sizes, protos, min(los), max(his)])
    found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def sharers(cursor: Any, realm: str, first: int, last: int, lo: int, hi: int) -> int:
    """Return how many holders had keys from `first` to `last` (as stored) in [lo, hi]."""
    cursor.execute("SELECT assignments_sharers(%s, %s, %s, %s, %s)", [realm, first, last, lo, hi])
    return int(cursor.fetchone()[0])
