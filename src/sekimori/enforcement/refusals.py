"""Register of refused new contracts: after a termination, for two years at most, by a keyed hash.

The register knows no name: who asks must bring name, birth date and telephone. No exchange with other carriers (R-LOG-3).
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from datetime import date, datetime

from django.db import transaction

from sekimori.contracts.models import Contract
from sekimori.enforcement.models import Measure, Refusal
from sekimori.ledger.service import write
from sekimori.policy.calendar import months_before
from sekimori.settings import current
from sekimori.values.actors import Actor
from sekimori.values.outcomes import Refused

YEARS = 2


def identity(key: bytes, name: str, born: date, phone: str) -> str:
    """Return the hash of a person. Width, case, spaces and punctuation don't matter: ヤマダ　ハナコ is ﾔﾏﾀﾞ ﾊﾅｺ. Pure."""
    plain = "".join(c for c in unicodedata.normalize("NFKC", name).casefold() if not c.isspace())
    digits = "".join(c for c in unicodedata.normalize("NFKC", phone) if c.isdigit())
    digits = "0" + digits.removeprefix("81") if digits.startswith("81") and len(digits) > 10 else digits
    return hmac.new(key, f"{plain}|{born.isoformat()}|{digits}".encode(), hashlib.sha256).hexdigest()


def _key() -> bytes:
    """Derived from the key of handles: the register is worthless without the data folder."""
    return hashlib.sha256(b"refusals|" + (current().data / "keys" / "handles").read_bytes()).digest()


def add(contract: Contract, name: str, born: date, phone: str, clause: str, by: Actor, now: datetime) -> Refusal:
    """Enter the holder of a terminated contract. Raises Refused: `not_terminated`, `clause`, `identity` (a part is missing)."""
    if not name.strip() or not any(c.isdigit() for c in phone):
        raise Refused("identity", "name, birth date and telephone")
    if not clause.strip():
        raise Refused("clause", "name the clause of the terms")
    if not Measure.objects.filter(contract=contract, step="terminate", state__in=("executed", "verified"), rehearsal=False).exists():
        raise Refused("not_terminated", "only a terminated contract leads to a refusal")
    until = months_before(now, -12 * YEARS)
    with transaction.atomic():
        row, _ = Refusal.objects.update_or_create(hash=identity(_key(), name, born, phone), defaults={
            "clause": clause[:200], "contract": contract.handle, "by": str(by), "at": now, "until": until, "lifted_at": None})
        write(by, "refusal.entered", contract.handle, {"clause": clause[:200]}, now)
    return row


def check(name: str, born: date, phone: str, by: Actor, now: datetime, purpose: str = "contract") -> Refusal | None:
    """Return the entry about a person, or None; the question is in the ledger before the answer.

    `purpose`: `contract` (somebody wants a new one) or `access` (the person asks what is kept about them). Raises Refused:
    `identity` (a part is missing).
    """
    if not name.strip() or not any(c.isdigit() for c in phone):
        raise Refused("identity", "name, birth date and telephone")
    wanted = identity(_key(), name, born, phone)
    with transaction.atomic():
        write(by, "refusal.checked", "refusals", {"purpose": purpose}, now)
    return Refusal.objects.filter(hash=wanted, until__gt=now, lifted_at__isnull=True).first()


def lift(refusal: Refusal, by: Actor, now: datetime) -> None:
    """Take an entry out: an appeal was won, or its ground is gone. Raises Refused: `lifted`."""
    with transaction.atomic():
        if not Refusal.objects.filter(id=refusal.id, lifted_at__isnull=True).update(lifted_at=now):
            raise Refused("lifted", "it was lifted before")
        write(by, "refusal.lifted", refusal.contract, {}, now)


def expire(now: datetime) -> int:
    """Delete entries that are over; returns how many."""
    return Refusal.objects.filter(until__lte=now).delete()[0]
