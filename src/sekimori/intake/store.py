"""Write arrivals: evidence and message rows in the caller's one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import connection

from sekimori.evidence import store as evidence
from sekimori.intake.arrival import Ready
from sekimori.policy.files import retention
from sekimori.values.clock import micros
from sekimori.values.text import storable
from sekimori.work.columns import DONE, DUE
from sekimori.work.waking import wake

_INSERT = """
INSERT INTO intake_message (sha256, envelope, door, received_at, mail_from, rcpt_to, peer, size, route, auto, token, state,
    copies, authenticated, work, lane, due_at, tries, lease, lease_until, fault)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 1, %s, %s, %s, %s, 0, NULL, NULL, '')
ON CONFLICT (sha256, envelope) DO UPDATE SET copies = intake_message.copies + 1
"""
"""The same octets with the same envelope again (a repeat whose first answer was lost) are the same row."""


def write(ready: Sequence[Ready]) -> None:
    """Write evidence and rows of these arrivals; durable when the caller's transaction is committed.

    Raises what the database raises; nothing is half written then, because the caller rolls back.
    """
    if not ready:
        return
    newest = max(r.arrival.received_at for r in ready)
    evidence.put_many([r.body for r in ready], now=newest,
                      expires_at=newest + timedelta(days=retention().report_without_case_days))
    # Sorted keys: two writers never wait for each other in a circle.
    rows = [_row(r) for r in sorted(ready, key=lambda r: (r.body.sha256, r.envelope))]
    with connection.cursor() as cursor:
        cursor.executemany(_INSERT, rows)
    wake()


def _row(r: Ready) -> list[Any]:
    a = r.arrival
    recipients = [storable(x, 512) for x in a.rcpt_to]
    done = r.routing.route == "loop"
    return [
        r.body.sha256, r.envelope, a.door, connection.ops.adapt_datetimefield_value(a.received_at), storable(a.mail_from or "", 512),
        connection.ops.adapt_json_value(recipients, None), storable(a.peer, 64), r.body.size, r.routing.route, r.routing.auto,
        r.routing.token, "loop" if done else "received", a.authenticated, DONE if done else DUE, r.lane, micros(a.received_at)]
