"""One batch of one stage: claim, work, finish; what happens when it raises.

A batch that raises is released and redone row by row, so that a poisoned row among 500 costs nobody else a try.
"""

from __future__ import annotations

import logging
import random
import re
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection, transaction

from sekimori.values.actors import Actor
from sekimori.values.clock import Clock, micros
from sekimori.values.ids import new_lease
from sekimori.values.outcomes import Outage
from sekimori.values.text import one_line
from sekimori.work import claim
from sekimori.work.claim import LEASE_US, MAX_TRIES, Claimed
from sekimori.work.columns import DONE, HELD
from sekimori.work.stage import Context, Prepared, Record, Settling, Stage

log = logging.getLogger("sekimori.work")
OUTAGE_BASE_S, OUTAGE_MOST_S = 30, 6 * 3600
RETRY_S = 30


class LeaseLost(Exception):
    """Somebody else holds the rows now: the batch took longer than its lease."""


@dataclass(slots=True)
class Outcome:
    """What one batch came to."""

    claimed: int = 0
    done: int = 0
    failed: int = 0
    outage: bool = False
    seconds: float = 0.0
    last_lane: int = -1


def run(stage: Stage, clock: Clock, record: Record, limit: int, after_lane: int = -1) -> Outcome:
    """Claim and work one batch of at most `limit` rows. Never raises for what a row does."""
    now = clock.now()
    lease = new_lease()
    rows = claim.claim(stage.model, _where(stage), micros(now), lease, limit, after_lane)
    if not rows:
        return Outcome()
    killers = [r.id for r in rows if r.tries > MAX_TRIES]
    if killers:  # five leases ran out with nobody left to tell: counted at claim
        claim.bury(stage.model, lease, killers, f"the process ended {MAX_TRIES} times while it worked on this row")
        log.error("work.killers stage=%s rows=%s", stage.name, killers)
    started = time.monotonic()
    out = Outcome(claimed=len(rows), last_lane=rows[-1].lane)
    # A row whose worker died (or that raised) before is tried alone: it must not take the others with it again.
    fresh, again = [r for r in rows if r.tries == 1], [r for r in rows if 1 < r.tries <= MAX_TRIES]
    with _Heartbeat(stage, clock, lease):
        if fresh:
            _attempt(stage, clock, record, lease, fresh, out)
        for row in again:
            _attempt(stage, clock, record, lease, [row], out)
    out.seconds = time.monotonic() - started
    return out


def _where(stage: Stage) -> str:
    ready = stage.ready() if isinstance(stage, Settling) else ""
    return " AND ".join(f"({part})" for part in (stage.where, ready) if part)


def _attempt(stage: Stage, clock: Clock, record: Record, lease: str, rows: Sequence[Claimed], out: Outcome) -> None:
    ids = [r.id for r in rows]
    try:
        prepared = stage.work(ids, Context(now=clock.now(), clock=clock, lease=lease))
        out.done += finish(stage, clock, record, lease, rows, prepared)
        out.failed += len(prepared.failed)
    except LeaseLost:
        log.warning("work.lease_lost stage=%s rows=%d", stage.name, len(rows))
    except Outage as e:
        if len(rows) > 1 and e.permanent:
            _one_by_one(stage, clock, record, lease, rows, out)
        elif e.permanent:
            _fail(stage, clock, lease, rows[0], str(e))
            out.failed += 1
        else:
            out.outage = True
            for row in rows:
                _wait_out(stage, clock, lease, row, str(e))
    except Exception as e:
        if len(rows) > 1:
            _one_by_one(stage, clock, record, lease, rows, out)
        else:
            log.exception("work.failed stage=%s row=%s", stage.name, ids[0])
            _fail(stage, clock, lease, rows[0], f"{type(e).__name__}: {e}")
            out.failed += 1


def _one_by_one(stage: Stage, clock: Clock, record: Record, lease: str, rows: Sequence[Claimed], out: Outcome) -> None:
    for row in rows:
        _attempt(stage, clock, record, lease, [row], out)


def finish(stage: Stage, clock: Clock, record: Record, lease: str, rows: Sequence[Claimed], prepared: Prepared) -> int:
    """Write a batch's outcome in one transaction, the ledger entry last; returns the number of rows done.

    Raises LeaseLost (and rolls back) where fewer rows were hit than finished (house rule 1.5).
    """
    ids = [r.id for r in rows]
    apart = {*prepared.later, *prepared.held, *prepared.failed}
    done = [i for i in ids if i not in apart]
    now = clock.now()
    tries = {r.id: r for r in rows}
    with transaction.atomic():
        prepared.write()
        hit = claim.settle(stage.model, lease, done, DONE) + claim.settle(stage.model, lease, list(prepared.held), HELD)
        for row, at in prepared.later.items():
            hit += claim.postpone(stage.model, lease, row, micros(at), "", give_back=True)
        if hit < len(ids) - len(prepared.failed):
            raise LeaseLost
        for row, fault in prepared.failed.items():
            _fail(stage, clock, lease, tries[row], fault)
        if prepared.act:
            record(Actor("stage", stage.name), prepared.act, prepared.subject, prepared.detail, now)
    return len(done)


def _fail(stage: Stage, clock: Clock, lease: str, row: Claimed, fault: str) -> None:
    fault = one_line(fault, 500)
    if row.tries >= MAX_TRIES:
        claim.bury(stage.model, lease, [row.id], fault)
        log.error("work.dead stage=%s row=%s fault=%s", stage.name, row.id, fault)
        return
    at = clock.now() + timedelta(seconds=RETRY_S * 2 ** (row.tries - 1))
    claim.postpone(stage.model, lease, row.id, micros(at), fault, give_back=False)


def outage_delay(fault: str, spread: Callable[[], float] = random.random) -> tuple[int, float]:
    """Return (which outage in a row this is, seconds to wait): 30 s·2ⁿ up to 6 h, ±20 % (house rule 1.7). Pure."""
    before = re.match(r"outage (\d{1,4}):", fault)
    n = int(before.group(1)) if before else 0
    return n + 1, min(OUTAGE_BASE_S * 2 ** min(n, 20), OUTAGE_MOST_S) * (0.8 + 0.4 * spread())


def _wait_out(stage: Stage, clock: Clock, lease: str, row: Claimed, why: str) -> None:
    n, seconds = outage_delay(row.fault)
    at = clock.now() + timedelta(seconds=seconds)
    claim.postpone(stage.model, lease, row.id, micros(at), one_line(f"outage {n}: {why}", 500), give_back=True)


class _Heartbeat:
    """Renews the lease at half time, from a thread with a database connection of its own."""

    def __init__(self, stage: Stage, clock: Clock, lease: str) -> None:
        self._stage, self._clock, self._lease = stage, clock, lease
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> None:
        self._thread = threading.Thread(target=self._beat, daemon=True)
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._stop.set()

    def _beat(self) -> None:
        try:
            while not self._stop.wait(LEASE_US / 2 / 1e6):
                claim.renew(self._stage.model, self._lease, micros(self._clock.now()))
        except Exception:
            log.exception("work.renew stage=%s", self._stage.name)
        finally:
            connection.close()
