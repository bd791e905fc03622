"""What waits, what is stuck, what is dead: for `work --status` and `/metrics`; and how a dead row is retried."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from sekimori.values.actors import Actor
from sekimori.values.clock import micros
from sekimori.values.outcomes import Refused
from sekimori.work.claim import table
from sekimori.work.stage import Record, Stage


@dataclass(frozen=True, slots=True)
class Waiting:
    """One stage and lane: rows due now, waiting for later, held, dead, and the age of the oldest due one (seconds)."""

    stage: str
    lane: int
    due: int
    later: int
    held: int
    dead: int
    oldest_s: float


def status(stages: Sequence[Stage], now: datetime) -> list[Waiting]:
    """Return what waits, per stage and lane, without the lanes where nothing does."""
    at = micros(now)
    out = []
    for stage in stages:
        where = f" AND ({stage.where})" if stage.where else ""
        sql = (f"SELECT lane, SUM(CASE WHEN work='due' AND due_at <= %s THEN 1 ELSE 0 END),"  # noqa: S608 - names are ours, values are parameters
               f" SUM(CASE WHEN work='due' AND due_at > %s THEN 1 ELSE 0 END),"
               f" SUM(CASE WHEN work='held' THEN 1 ELSE 0 END), SUM(CASE WHEN work='dead' THEN 1 ELSE 0 END),"
               f" MIN(CASE WHEN work='due' THEN due_at END) FROM {table(stage.model)}"
               f" WHERE work <> 'done'{where} GROUP BY lane ORDER BY lane")
        with connection.cursor() as cursor:
            cursor.execute(sql, [at, at])
            for lane, due, later, held, dead, oldest in cursor.fetchall():
                age = max(0.0, (at - oldest) / 1e6) if oldest is not None else 0.0
                out.append(Waiting(stage.name, lane, int(due), int(later), int(held), int(dead), age))
    return out


def retry(stages: Sequence[Stage], name: str, row: int, by: Actor, record: Record, now: datetime) -> None:
    """Make a dead or held row due again, and record it. Raises Refused where there is no such row."""
    stage = next((s for s in stages if s.name == name), None)
    if stage is None:
        raise Refused("work.no_stage", name)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table(stage.model)} SET work='due', tries=0, due_at=%s, lease=NULL, lease_until=NULL"  # noqa: S608 - as above
                           " WHERE id=%s AND work IN ('dead', 'held')", [micros(now), row])
            hit = cursor.rowcount
        if not hit:
            raise Refused("work.no_row", f"{name}:{row} is neither dead nor held")
        record(by, "work.retried", f"{name}:{row}", {}, now)
