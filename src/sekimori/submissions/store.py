"""Keep what the logs told: idempotent, so that a load may be repeated or overlap another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction

from sekimori.ledger.service import write
from sekimori.submissions.models import Handover, LogMark, SignIn, Submission
from sekimori.submissions.records import HandedOver, Mail, SignedIn
from sekimori.values.actors import Actor
from sekimori.values.addresses import Address, packed, parse_address
from sekimori.values.clock import from_micros, iso
from sekimori.values.text import storable

QUEUE_LIFE = timedelta(days=5)
"""Postfix gives a mail up after this time (maximal_queue_lifetime): no queue id without an end lives longer."""
_COLUMNS = ("host", "queue_id", "message_id", "login", "client_family", "client", "client_port", "country", "time", "ended_at",
            "recipients", "unknown_users", "parent_queue_id", "source")


Where = Callable[[Address], str]
"""Tells the country of a client's address, "" where nobody knows."""


def nowhere(_: Address) -> str:
    """Know no country."""
    return ""


def put_mails(mails: Sequence[Mail], where: Where = nowhere, *, count_deliveries: bool = True) -> int:
    """Store mails inside the caller's transaction; returns how many rows were written or changed. `where` gives those with a login their country.

    A mail whose first line was seen is stored whole (the larger counts win); lines that go on with a stored mail are added
    to it, their failed recipients only with `count_deliveries`; those that belong to no mail of ours are dropped.
    """
    started = [m for m in mails if m.started]
    going_on = [m for m in mails if not m.started]
    if started:
        _upsert(started, where)
    return len(started) + (_add(going_on, count_deliveries=count_deliveries) if going_on else 0)


def _upsert(mails: Sequence[Mail], where: Where) -> None:
    larger = "MAX" if connection.vendor == "sqlite" else "GREATEST"
    old = "submissions_submission"
    kept = ", ".join(f"{c} = CASE WHEN excluded.{c} <> '' THEN excluded.{c} ELSE {old}.{c} END" for c in ("message_id", "login", "parent_queue_id", "country"))
    rows = {}
    for m in mails:
        address = parse_address(m.client)
        rows[m.host, m.queue_id, m.first] = (
            m.host[:120], m.queue_id[:40], storable(m.message_id, 998), storable(m.login, 254), address.version if address else None,
            packed(address) if address else None, m.client_port, where(address) if address and m.login else "", _stamp(from_micros(m.first)),
            None if m.ended is None else _stamp(from_micros(m.ended)), m.recipients, m.unknown_users, m.parent_queue_id, m.source)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {old} ({', '.join(_COLUMNS)}) VALUES ({', '.join(['%s'] * len(_COLUMNS))})"  # noqa: S608 - constants
            f" ON CONFLICT (host, queue_id, time) DO UPDATE SET {kept},"
            f" ended_at = COALESCE(excluded.ended_at, {old}.ended_at), recipients = {larger}(excluded.recipients, {old}.recipients),"
            f" unknown_users = {larger}(excluded.unknown_users, {old}.unknown_users)",
            [rows[k] for k in sorted(rows)])


def _stamp(value: datetime) -> datetime | str:
    return str(connection.ops.adapt_datetimefield_value(value)) if connection.vendor == "sqlite" else value


def _add(mails: Sequence[Mail], *, count_deliveries: bool) -> int:
    stored: dict[tuple[str, str], list[Submission]] = defaultdict(list)
    for row in Submission.objects.filter(queue_id__in={m.queue_id for m in mails}).order_by("time"):
        stored[row.host, row.queue_id].append(row)
    changed = []
    for m in mails:
        at = from_micros(m.first)
        fit = [r for r in stored.get((m.host, m.queue_id), ()) if r.time <= at <= (r.ended_at or r.time + QUEUE_LIFE)]
        if not fit:
            continue
        row = fit[-1]
        row.message_id = row.message_id or storable(m.message_id, 998)
        row.recipients = max(row.recipients, m.recipients)
        if count_deliveries:
            row.unknown_users += m.unknown_users
        if m.ended is not None:
            row.ended_at = from_micros(m.ended)
        changed.append(row)
    Submission.objects.bulk_update(changed, ["message_id", "recipients", "unknown_users", "ended_at"], batch_size=500)
    return len(changed)


def put_handovers(handed: Iterable[HandedOver]) -> None:
    """Store handovers; known ones are left alone."""
    Handover.objects.bulk_create(
        [Handover(host=h.host, queue_id=h.queue_id, at=from_micros(h.at), relay=h.relay, child_queue_id=h.child_queue_id) for h in handed],
        ignore_conflicts=True, batch_size=1000)


def put_sign_ins(found: Iterable[SignedIn], where: Where = nowhere) -> int:
    """Store sign-ins with a readable address; known ones are left alone. Returns how many were given."""
    rows = []
    for s in found:
        address = parse_address(s.client)
        if address is not None:
            rows.append(SignIn(host=s.host, service=s.service, login=storable(s.login, 254), client_family=address.version,
                               client=packed(address), country=where(address), session=s.session, time=from_micros(s.time)))
    SignIn.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)
    return len(rows)


def put_mark(kind: str, head_length: int, head: str, offset: int, tail: str, path: str, now: datetime) -> None:
    """Remember how far a file was read; in the transaction that stores its lines."""
    LogMark.objects.update_or_create(
        kind=kind, head_length=head_length, head=head,
        defaults={"offset": offset, "tail": tail, "path": path[:1000], "updated": now})


def expire(before: datetime, actor: Actor, now: datetime) -> int:
    """Delete submissions, handovers and sign-ins of before `before` (retention: submission logs) and record it; returns the rows."""
    with transaction.atomic():
        gone = Submission.objects.filter(time__lt=before).delete()[0]
        gone += Handover.objects.filter(at__lt=before).delete()[0]
        gone += SignIn.objects.filter(time__lt=before).delete()[0]
        write(actor, "submissions.expired", "submissions", {"before": iso(before), "rows": gone}, now)
    return gone
