"""From a login, circuit or contract number to contracts with their validity: in batches, in microseconds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

from sekimori.values.clock import micros

ALWAYS, NEVER = -(2**62), 2**62
CHUNK = 5000
# Raw SQL: this is on the way of every attribution, and the ORM's part of a single question would be larger than the database's.
_KEYS = ("SELECT k.fold, k.key, k.id, k.contract_id, k.valid_from, k.valid_to, c.valid_from, c.valid_to FROM contracts_key k"
         " JOIN contracts_contract c ON c.id = k.contract_id WHERE k.kind = %s AND k.fold {} ORDER BY k.id")
_CONTRACTS = "SELECT id, key, valid_from, valid_to FROM contracts_contract WHERE key {}"


@dataclass(frozen=True, slots=True)
class Owner:
    """A contract that a holder word stood for, from `lo` (included) to `hi` (no more), in microseconds."""

    contract: int
    """Row id of the contract."""
    lo: int
    hi: int
    key: int | None = None
    """Row id of the login or circuit; None for a contract named directly."""


class KeyBook:
    """Answers for the holder words of one batch: `login:…`, `circuit:…`, `contract:…`."""

    def __init__(self, owners: dict[str, tuple[Owner, ...]]) -> None:
        self._owners = owners

    def owners(self, holder: str) -> tuple[Owner, ...]:
        """Return every contract the word ever stood for, cut to the contract's own validity; () where it is unknown."""
        return self._owners.get(holder, ())

    @classmethod
    def for_batch(cls, holders: Iterable[str]) -> KeyBook:
        """Read the owners of all words at once (about one query per 5,000 words and kind)."""
        words: dict[str, set[str]] = {}
        for holder in set(holders):
            kind, _, key = holder.partition(":")
            if key:
                words.setdefault(kind, set()).add(key)
        owners: dict[str, tuple[Owner, ...]] = {}
        for kind in ("login", "circuit"):
            if kind in words:
                owners.update(_keys(kind, words[kind]))
        for pk, key, lo, hi in _select(_CONTRACTS, (), words.get("contract", ())):
            owners[f"contract:{key}"] = (Owner(pk, _lo(lo), _hi(hi)),)
        return cls(owners)


def _keys(kind: str, keys: set[str]) -> dict[str, tuple[Owner, ...]]:
    folds: dict[str, set[str]] = defaultdict(set)
    for key in keys:
        folds[key.casefold()].add(key)
    rows: dict[str, list[tuple[str, Owner | None]]] = defaultdict(list)
    for fold, key, pk, contract, lo, hi, contract_lo, contract_hi in _select(_KEYS, (kind,), folds):
        start, end = max(_lo(lo), _lo(contract_lo)), min(_hi(hi), _hi(contract_hi))
        rows[fold].append((key, Owner(contract, start, end, pk) if start < end else None))
    out = {}
    for fold, written in folds.items():
        for key in written:
            # As written first; only a spelling that nobody has falls back to all rows of the folded case.
            found = rows.get(fold, [])
            exact = [o for k, o in found if k == key]
            out[f"{kind}:{key}"] = tuple(o for o in exact or (o for _, o in found) if o is not None)
    return out


def _select(sql: str, first: tuple[str, ...], values: Iterable[str]) -> Iterator[tuple[Any, ...]]:
    ordered = sorted(values)
    if not ordered:
        return
    wrapper = connections[DEFAULT_DB_ALIAS]
    if wrapper.vendor == "sqlite":
        # Below Django: its cursor costs twice what the question itself does.
        wrapper.ensure_connection()
        for i in range(0, len(ordered), CHUNK):
            chunk = ordered[i:i + CHUNK]
            place = "= ?" if len(chunk) == 1 else f"IN ({', '.join('?' * len(chunk))})"
            yield from wrapper.connection.execute(sql.format(place).replace("%s", "?"), (*first, *chunk))
        return
    with wrapper.cursor() as cursor:
        for i in range(0, len(ordered), CHUNK):
            chunk = ordered[i:i + CHUNK]
            cursor.execute(sql.format("= ANY(%s)"), (*first, chunk))
            yield from cursor.fetchall()


def _lo(value: datetime | str | None) -> int:
    return ALWAYS if value is None else _micros(value)


def _hi(value: datetime | str | None) -> int:
    return NEVER if value is None else _micros(value)


def _micros(value: datetime | str) -> int:
    """SQLite gives what Django wrote there: ISO text in UTC without offset."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    return micros(value if value.tzinfo else value.replace(tzinfo=UTC))
