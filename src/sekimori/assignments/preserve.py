"""Preservation: a copy of a case's rows only, with a deadline of its own. It never stops the expiry of anything else."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import transaction

from sekimori.assignments.models import FrozenRow
from sekimori.assignments.store.interface import Store
from sekimori.assignments.types import Probe, Row, from_proof, proof
from sekimori.ledger.service import write
from sekimori.values.actors import Actor
from sekimori.values.clock import from_micros, iso


def rows_of(proof_value: Any) -> Iterator[Row]:
    """Yield the rows that a proof of attribution stands on, wherever in it they are."""
    if isinstance(proof_value, dict):
        if proof_value.get("kind") == "row" and isinstance(proof_value.get("detail"), dict):
            yield from_proof(proof_value["detail"])
        for value in proof_value.values():
            yield from rows_of(value)
    elif isinstance(proof_value, list):
        for value in proof_value:
            yield from rows_of(value)


def freeze(case: str, rows: Iterable[Row], until: int | None, actor: Actor, now: int) -> int:
    """Copy rows for a case until its own deadline (microseconds; None = until it is released). Returns how many are new.

    A row that was copied already with the same content is not copied twice; one that has changed since gets a second copy.
    """
    unique = {(row.id, digest): body for row in rows for body, digest in [_hashed(row)]}
    with transaction.atomic():
        known = set(FrozenRow.objects.filter(case=case).values_list("row", "sha256"))
        fresh = [
            FrozenRow(case=case, row=number, body=body, sha256=digest, frozen=now, until=until)
            for (number, digest), body in sorted(unique.items())
            if (number, digest) not in known
        ]
        FrozenRow.objects.bulk_create(fresh)
        total = hashlib.sha256("".join(f.sha256 for f in fresh).encode()).hexdigest()
        write(actor, "assignments.frozen", f"case:{case}",
              {"rows": len(fresh), "sha256": total, "until": None if until is None else iso(from_micros(until))}, from_micros(now))
    return len(fresh)


def freeze_probes(store: Store, case: str, probes: Sequence[Probe], until: int | None, actor: Actor, now: int) -> int:
    """Copy all rows that touch the probes (a request that names addresses and times). Returns how many are new."""
    return freeze(case, [row for rows in store.lookup(probes) for row in rows], until, actor, now)


def frozen(case: str) -> list[Row]:
    """Return the preserved rows of a case. Reading them is a read of protected data: the caller has written its ledger row."""
    return [from_proof(json.loads(body)) for body in FrozenRow.objects.filter(case=case).order_by("row", "id").values_list("body", flat=True)]


def release(case: str, actor: Actor, now: int) -> int:
    """Delete the copies of a case before their deadline; returns how many there were."""
    with transaction.atomic():
        count, _ = FrozenRow.objects.filter(case=case).delete()
        write(actor, "assignments.released", f"case:{case}", {"rows": count}, from_micros(now))
    return count


def _hashed(row: Row) -> tuple[str, str]:
    body = json.dumps(proof(row), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return body, hashlib.sha256(body.encode("utf-8", "surrogatepass")).hexdigest()
