"""Keep bytes under their SHA-256, give them back checked, let them expire, hold them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from django.db import connection, transaction

from sekimori.evidence import body as bodies
from sekimori.evidence import files
from sekimori.evidence.models import Body, Hold
from sekimori.settings import current
from sekimori.values.outcomes import Refused

PG_LOCK = 0x5E_4B_1E
"""Shared by writers of large bodies until COMMIT; the sweeper takes it alone. On SQLite the write lock does the same."""

_PAIRS = 500
"""Holds written in one statement's time."""
_PUT = """
INSERT INTO evidence_body (sha256, size, codec, data, stored_at, expires_at, sealed) VALUES (%s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (sha256) DO UPDATE SET expires_at = CASE
    WHEN evidence_body.expires_at IS NULL OR excluded.expires_at IS NULL THEN NULL
    WHEN excluded.expires_at > evidence_body.expires_at THEN excluded.expires_at ELSE evidence_body.expires_at END
"""
"""The same octets again: one row, which lives as long as the longer-lived of the two needs; a seal stays."""

_EXPIRE = """
DELETE FROM evidence_body WHERE sha256 IN (
    SELECT sha256 FROM evidence_body b WHERE expires_at <= %s
    AND NOT EXISTS (SELECT 1 FROM evidence_hold h WHERE h.body_id = b.sha256)
    ORDER BY sha256 LIMIT %s)
"""
"""One statement: a hold that comes in beside it is either seen, or its foreign key finds the body gone."""


class Missing(LookupError):
    """No body of this name is kept (never was, or has expired)."""


def root() -> Path:
    """Return the folder of large bodies: DATA/evidence."""
    return current().data / "evidence"


def prepare(raw: bytes) -> bodies.Prepared:
    """Hash and compress octets; write a large body to its file. Before the transaction, in any thread. Raises OSError."""
    return bodies.prepare(raw, root())


def put(raw: bytes, *, now: datetime, expires_at: datetime | None) -> str:
    """Keep octets in the caller's transaction and return their SHA-256. As `put_many`, for one body."""
    ready = prepare(raw)
    put_many([ready], now=now, expires_at=expires_at)
    return ready.sha256


def put_many(ready: Iterable[bodies.Prepared], *, now: datetime, expires_at: datetime | None) -> None:
    """Keep prepared bodies in the caller's transaction: they are durable when that is committed, and not before.

    `expires_at` None keeps them for ever. Raises RuntimeError outside a transaction, OSError where a file that the
    sweeper took away in the meantime cannot be found.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("evidence is put inside the transaction that needs it")
    once = {b.sha256: b for b in ready}
    if not once:
        return
    ordered = [once[k] for k in sorted(once)]  # sorted keys: two writers never wait for each other in a circle
    now_value = connection.ops.adapt_datetimefield_value(now)
    expires_value = None if expires_at is None else connection.ops.adapt_datetimefield_value(expires_at)
    with connection.cursor() as cursor:
        large = [b for b in ordered if b.codec == "file"]
        if large and connection.vendor == "postgresql":
            cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [PG_LOCK])
        for b in large:
            files.path_of(root(), b.sha256).stat()
        cursor.executemany(
            _PUT, [(b.sha256, b.size, b.codec, b.data, now_value, expires_value, False) for b in ordered])


def get(sha256: str) -> bytes:
    """Return the octets of this name, re-hashed on the way.

    Raises Missing, `body.Changed`, or Refused("evidence.sealed") for a sealed body, which is never handed out.
    For people and commands: write the ledger first (`ledger.service.read_protected`).
    """
    row = Body.objects.filter(sha256=sha256).values_list("size", "codec", "data", "sealed").first()
    if row is None:
        raise Missing(sha256)
    size, codec, data, sealed = row
    if sealed:
        raise Refused("evidence.sealed", "this body is sealed; it is never shown, exported or forwarded")
    try:
        return bodies.restore(sha256, size, codec, data, root())
    except FileNotFoundError as e:
        raise Missing(sha256) from e


def seal(sha256: Sequence[str]) -> int:
    """Seal bodies (csam, csem): from now on nobody is given their octets. There is no way back. Returns how many."""
    return Body.objects.filter(sha256__in=list(sha256)).update(sealed=True)


def hold(sha256: Iterable[str], reference: str) -> int:
    """Hold bodies for a case or a preservation (`case:…`), so that they do not expire. Returns how many are held now.

    Names that are not kept are passed over: what has expired cannot be held.
    """
    names = sorted(set(sha256))
    if not names:
        return 0
    # The lock makes a concurrent expiry finish first; what it took is then not there to be held.
    lock = " FOR KEY SHARE" if connection.vendor == "postgresql" else ""
    marks = ", ".join(["%s"] * len(names))
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO evidence_hold (body_id, reference) SELECT sha256, %s FROM evidence_body"  # noqa: S608 - only marks are put in
                       f" WHERE sha256 IN ({marks}){lock} ON CONFLICT DO NOTHING", [reference, *names])
    return Hold.objects.filter(body_id__in=names, reference=reference).count()


def hold_all(bodies: Mapping[str, Collection[str]]) -> None:
    """Hold bodies for many cases at once: reference → names. As `hold`, in few statements, inside the caller's transaction."""
    pairs = sorted({(name, ref) for ref, names in bodies.items() for name in names})
    lock = " FOR KEY SHARE" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        for start in range(0, len(pairs), _PAIRS):
            names = sorted({name for name, _ in pairs[start:start + _PAIRS]})
            marks = ", ".join(["%s"] * len(names))
            cursor.execute(f"SELECT sha256 FROM evidence_body WHERE sha256 IN ({marks}){lock}", names)  # noqa: S608 - only marks are put in
            kept = {row[0] for row in cursor.fetchall()}
            cursor.executemany("INSERT INTO evidence_hold (body_id, reference) VALUES (%s, %s) ON CONFLICT DO NOTHING",
                               [p for p in pairs[start:start + _PAIRS] if p[0] in kept])


def release(reference: str) -> int:
    """End the holds of one case or preservation; bodies held by others stay held. Returns how many holds ended."""
    return Hold.objects.filter(reference=reference).delete()[0]


def expire(before: datetime, *, at_most: int = 500) -> int:
    """Forget bodies whose time was over at `before` and that nobody holds; returns how many, at most `at_most`.

    Their files are taken away by `sweep`, in an order that a writer of the same octets cannot fall into. The caller
    must know that its clock is right (a jump of ten years would empty the store).
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_EXPIRE, [connection.ops.adapt_datetimefield_value(before), at_most])
        return int(cursor.rowcount)
