"""The one way to a holder's name, addresses and telephone number: ledger entry first, then the answer."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import connection, transaction

from sekimori.contracts.guard import READ_ACT
from sekimori.contracts.models import Contract, Holder, HolderRead
from sekimori.contracts.rows import HOLDER_FIELDS, HolderData
from sekimori.ledger.service import write
from sekimori.settings import current
from sekimori.values.actors import Actor
from sekimori.values.basis import Basis, Purpose
from sekimori.values.outcomes import Refused

BATCH_MAX = 500
"""Contracts in one reading: an entry of the ledger stays readable."""


def read(actor: Actor, purpose: Purpose, contract_ids: Collection[int], fields: Collection[str], now: datetime) -> dict[int, HolderData]:
    """Return the holder data of contracts by row id, only the named `fields` filled (`holder email alt_email phone postal`).

    The ledger entry (who, what for, on which basis, which contracts, which fields) is committed before the answer: call
    it outside any transaction. (As the owner of the table it works inside one too: demos and tests.) Unknown ids are
    left out. Raises Refused(`purpose_missing`, `basis_synthetic`, `too_many`), ValueError for an unknown field.
    """
    if unknown := set(fields) - set(HOLDER_FIELDS):
        raise ValueError(f"no holder field {min(unknown)!r}")
    _check(purpose)
    if len(contract_ids) > BATCH_MAX:
        raise Refused("too_many", f"at most {BATCH_MAX} contracts in one reading")
    if not contract_ids:
        return {}
    by_function = not _may_read_table()
    with transaction.atomic(durable=by_function):
        handles = sorted(Contract.objects.filter(pk__in=contract_ids).values_list("handle", flat=True))
        seq = write(actor, READ_ACT, purpose.reference,
                    {"basis": str(purpose.basis), "contracts": handles, "fields": sorted(fields)}, now)
        if not by_function:
            HolderRead.objects.create(seq=seq)
            rows = _from_table(contract_ids)
    if by_function:
        rows = _through_function(seq)
    return {pk: HolderData(**{f: row[f] for f in fields}) for pk, row in rows.items()}


def _may_read_table() -> bool:
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege(current_user, 'contracts_holder', 'SELECT')")
        return bool(cursor.fetchone()[0])


def _check(purpose: Purpose) -> None:
    if not purpose.reference.strip():
        raise Refused("purpose_missing", "no case or report, no answer")
    if purpose.basis is Basis.SYNTHETIC and not current().synthetic:
        raise Refused("basis_synthetic", "the basis SYNTHETIC holds in a synthetic folder only")


def _through_function(seq: int) -> dict[int, Mapping[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT contract_id, holder, email, alt_email, phone, postal FROM contracts_read_holders(%s)", [seq])
        return {row[0]: dict(zip(HOLDER_FIELDS, row[1:], strict=True)) for row in cursor.fetchall()}


def _from_table(contract_ids: Collection[int]) -> dict[int, Mapping[str, str]]:
    return {r["contract_id"]: r for r in Holder.objects.filter(contract_id__in=contract_ids).values("contract_id", *HOLDER_FIELDS)}
