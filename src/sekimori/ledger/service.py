"""Append to the ledger, and verify it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from sekimori.ledger.chain import GENESIS, Break, canonical, check, link
from sekimori.ledger.models import Entry
from sekimori.values.actors import Actor
from sekimori.values.basis import Purpose
from sekimori.values.clock import iso
from sekimori.values.text import storable

PG_LOCK = 0x5E_4B_1D  # one writer of the chain at a time; on SQLite the write lock of IMMEDIATE does the same


def write(actor: Actor, act: str, subject: str, detail: Mapping[str, Any], now: datetime) -> int:
    """Append one entry and return its sequence number.

    Must be called inside a transaction, as its last statement: the chain is serial, and its lock is held until COMMIT.
    `act` is a stable id (`case.suspended`); `detail` holds no plain address, name or mail text. Raises RuntimeError
    outside a transaction, ValueError where `detail` is not JSON.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("the ledger is written inside the transaction of the act itself")
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PG_LOCK])
        cursor.execute("SELECT seq, hash FROM ledger_entry ORDER BY seq DESC LIMIT 1")
        last = cursor.fetchone() or (0, GENESIS)
    seq, prev = last[0] + 1, last[1]
    at = iso(now)
    subject = storable(subject, 200)
    body = storable(canonical({"seq": seq, "at": at, "actor": str(actor), "act": act, "subject": subject, "detail": dict(detail)}))
    Entry.objects.create(
        seq=seq, at=at, actor=str(actor)[:120], act=act, subject=subject, body=body, prev=prev, hash=link(prev, body))
    return seq


def read_protected(actor: Actor, purpose: Purpose, what: str, count: int, digest: str, now: datetime,
                   references: Sequence[str] = ()) -> int:
    """Record a read of protected data BEFORE its answer is given: no row, no answer (house rule 7).

    `what` names the table or query, `count` the number of queries in the batch, `digest` their SHA-256;
    `references` the single reports of a batch that serves several.
    """
    return write(actor, "protected.read", purpose.reference,
                 {"what": what, "basis": str(purpose.basis), "count": count, "sha256": digest}
                 | ({"references": list(references)} if len(references) > 1 else {}), now)


def verify() -> Break | tuple[int, str]:
    """Check the whole chain in the database; returns the first Break, or (entries, last hash)."""
    rows = Entry.objects.order_by("seq").values_list("seq", "prev", "hash", "body").iterator(chunk_size=5000)
    return check(rows)
