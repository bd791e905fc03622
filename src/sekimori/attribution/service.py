"""The one way to an attribution: the ledger entry is committed, then the batch is answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from sekimori.attribution.ask import ask
from sekimori.attribution.knowledge import Stored
from sekimori.attribution.types import Answer, Question
from sekimori.ledger.service import read_protected
from sekimori.settings import current
from sekimori.values.actors import Actor
from sekimori.values.basis import Basis, Purpose
from sekimori.values.clock import micros
from sekimori.values.outcomes import Refused

WHAT = "attribution"


def record(actor: Actor, purpose: Purpose, count: int, sha256: str, now: datetime, references: Sequence[str] = ()) -> int:
    """Commit the ledger entry of one batch: who asks, for which case or report, on which basis, how many, and their hash.

    `references` names every report of a batch that serves several.

    Must be called outside any transaction (an entry that could still be rolled back pays for nothing). Raises
    Refused(`purpose_missing`, `basis_synthetic`).
    """
    if not purpose.reference.strip():
        raise Refused("purpose_missing", "no case or report, no answer")
    if purpose.basis is Basis.SYNTHETIC and not current().synthetic:
        raise Refused("basis_synthetic", "the basis SYNTHETIC holds in a synthetic folder only")
    with transaction.atomic():
        return read_protected(actor, purpose, WHAT, count, sha256, now, references)


def attribute(questions: Sequence[Question], actor: Actor, purpose: Purpose, sha256: str, now: datetime) -> list[Answer]:
    """Answer a batch after recording it. `sha256` is the hash of the queries as they were given."""
    record(actor, purpose, len(questions), sha256, now)
    return ask(questions, Stored(micros(now)))
