"""Load contracts, logins and circuits: idempotent, in chunks that each commit, so that a load can be started again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice

from django.db import connection, transaction

from sekimori.contracts.handles import handle_of
from sekimori.contracts.models import Change, Contract, Holder, Key
from sekimori.contracts.rows import (
    CONTRACT_FIELDS,
    HOLDER_FIELDS,
    ContractData,
    HolderData,
    KeyData,
    parse_contract,
    parse_key,
)
from sekimori.ledger.service import write
from sekimori.settings import current
from sekimori.values.actors import Actor
from sekimori.values.clock import iso
from sekimori.values.loads import BadRow, Tally

CHUNK = 2000
_PG_LOCK = 0x5E_4B_2C  # one load of contracts at a time
Numbered = Iterable[tuple[int, Mapping[str, str]]]


def load_contracts(rows: Numbered, tally: Tally, now: datetime, actor: Actor) -> Tally:
    """Store numbered rows of `contracts load`; a known contract is brought up to date, its former values kept as history."""
    settings = current()
    for chunk in _chunks(rows):
        wanted: dict[str, tuple[ContractData, HolderData]] = {}
        for number, raw in chunk:
            try:
                data, holder = parse_contract(raw)
            except BadRow as e:
                tally.refuse(number, e.code, raw)
                continue
            wanted[data.key] = data, holder
        with transaction.atomic():
            _one_at_a_time()
            known = {c.key: c for c in Contract.objects.select_related("holder").filter(key__in=wanted)}
            new = [(d, h) for k, (d, h) in sorted(wanted.items()) if k not in known]
            made = Contract.objects.bulk_create([
                Contract(handle=handle_of(settings, d.key), **{f: getattr(d, f) for f in CONTRACT_FIELDS}) for d, _ in new])
            Holder.objects.bulk_create([
                Holder(contract=c, **{f: getattr(h, f) for f in HOLDER_FIELDS}) for c, (_, h) in zip(made, new, strict=True)])
            changed = [c for k, c in sorted(known.items()) if _update(c, *wanted[k], now)]
            tally.stored += len(new) + len(changed)
            tally.unchanged += len(known) - len(changed)
            if new or changed:
                write(actor, "contracts.loaded", "contracts", {"new": len(new), "changed": len(changed)}, now)
    return tally


def _update(contract: Contract, data: ContractData, holder: HolderData, now: datetime) -> bool:
    before = {}
    for name in CONTRACT_FIELDS:
        old, value = getattr(contract, name), getattr(data, name)
        if old != value:
            before[name] = iso(old) if isinstance(old, datetime) else old
            setattr(contract, name, value)
    stored = contract.holder
    names = [n for n in HOLDER_FIELDS if getattr(stored, n) != getattr(holder, n)]
    if not before and not names:
        return False
    if before:
        contract.save(update_fields=list(before))
    if names:
        for name in names:
            setattr(stored, name, getattr(holder, name))
        stored.save(update_fields=names)
    Change.objects.create(contract=contract, at=now, before=before, holder_fields=" ".join(names))
    return True


def load_keys(kind: str, rows: Numbered, tally: Tally, now: datetime, actor: Actor) -> Tally:
    """Store numbered rows of `logins load` (`kind` "login") or `circuits load` ("circuit").

    A row is known by its key, contract and `valid_from`; a later load may set its end or user. A contract that is not
    loaded refuses the row (`unknown_contract`).
    """
    for chunk in _chunks(rows):
        wanted: dict[tuple[str, str, datetime | None], tuple[int, Mapping[str, str], KeyData]] = {}
        for number, raw in chunk:
            try:
                data = parse_key(raw)
            except BadRow as e:
                tally.refuse(number, e.code, raw)
                continue
            wanted[data.key, data.contract, data.valid_from] = number, raw, data
        with transaction.atomic():
            _one_at_a_time()
            stored = _store_keys(kind, wanted, tally)
            if stored:
                write(actor, "contracts.keys_loaded", kind, {"stored": stored}, now)
    return tally


def _store_keys(kind: str, wanted: Mapping[tuple[str, str, datetime | None], tuple[int, Mapping[str, str], KeyData]], tally: Tally) -> int:
    contracts = dict(Contract.objects.filter(key__in={c for _, c, _ in wanted}).values_list("key", "pk"))
    folds = {k.casefold() for k, _, _ in wanted}
    known = {(r.key, r.contract_id, r.valid_from): r for r in Key.objects.filter(kind=kind, fold__in=folds)}
    new, changed = [], []
    for number, raw, data in wanted.values():
        contract_id = contracts.get(data.contract)
        if contract_id is None:
            tally.refuse(number, "unknown_contract", raw)
            continue
        row = known.get((data.key, contract_id, data.valid_from))
        if row is None:
            new.append(Key(kind=kind, key=data.key, fold=data.key.casefold(), contract_id=contract_id,
                           valid_from=data.valid_from, valid_to=data.valid_to, user=data.user))
        elif (row.valid_to, row.user) != (data.valid_to, data.user):
            row.valid_to, row.user = data.valid_to, data.user
            changed.append(row)
        else:
            tally.unchanged += 1
    Key.objects.bulk_create(new)
    Key.objects.bulk_update(changed, ["valid_to", "user"], batch_size=500)
    tally.stored += len(new) + len(changed)
    return len(new) + len(changed)


def _one_at_a_time() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_PG_LOCK])


def _chunks(rows: Numbered) -> Iterator[list[tuple[int, Mapping[str, str]]]]:
    it = iter(rows)
    while chunk := list(islice(it, CHUNK)):
        yield chunk
