"""A long list settles before its cases are looked at: one look per case and list, not one per batch of its rows.

A list of a million rows about some thousand members wakes every case again with every batch that is filed, and each look reads
all findings of the case. So a look that findings called for stays in the lane of their source, and is not begun while findings of
that lane that were there when it was asked for are still on their way. It cannot starve: what arrives later is not waited for.
Looks that time or a person calls for, and those of our own sensor, are in lane 0 and wait for nothing.
"""

from __future__ import annotations

from django.db import connection

from sekimori.attribution.models import Attribution
from sekimori.reports.models import Finding
from sekimori.work.claim import table
from sekimori.work.columns import LANES


def settled() -> str:
    """Return the SQL condition on `cases_deadline` of looks that may begin: numbers and column names only."""
    until = _oldest_on_their_way()
    if not until:
        return ""
    return f"due_at < CASE lane {' '.join(f'WHEN {lane} THEN {at}' for lane, at in sorted(until.items()))} ELSE due_at + 1 END"


def _oldest_on_their_way() -> dict[int, int]:
    """Return lane → due time (µs) of the oldest finding, or answer, that no case has yet. Lane 0 is never among them."""
    lanes = ", ".join(f"({n})" for n in range(1, LANES))
    oldest = ", ".join(f"(SELECT MIN(due_at) FROM {table(m)} WHERE work = 'due' AND lane = n)" for m in (Finding, Attribution))  # noqa: S608 - names are ours
    with connection.cursor() as cursor:
        cursor.execute(f"WITH l(n) AS (VALUES {lanes}) SELECT n, {oldest} FROM l")  # noqa: S608 - the lanes are numbers of ours
        return {lane: min(at for at in times if at is not None) for lane, *times in cursor.fetchall() if any(at is not None for at in times)}
