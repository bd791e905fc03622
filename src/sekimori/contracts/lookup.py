"""From a login, circuit or contract number to contracts with their validity: in batches, in microseconds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sekimori.contracts.models import Contract, Key
from sekimori.values.clock import micros

ALWAYS, NEVER = -(2**62), 2**62
CHUNK = 5000


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
        words: dict[str, set[str]] = defaultdict(set)
        for holder in set(holders):
            kind, _, key = holder.partition(":")
            if key:
                words[kind].add(key)
        owners: dict[str, tuple[Owner, ...]] = {}
        for kind in ("login", "circuit"):
            owners.update(_keys(kind, words.get(kind, set())))
        for chunk in _chunks(words.get("contract", set())):
            for pk, key, lo, hi in Contract.objects.filter(key__in=chunk).values_list("pk", "key", "valid_from", "valid_to"):
                owners[f"contract:{key}"] = (Owner(pk, _lo(lo), _hi(hi)),)
        return cls(owners)


def _keys(kind: str, keys: set[str]) -> dict[str, tuple[Owner, ...]]:
    folds: dict[str, set[str]] = defaultdict(set)
    for key in keys:
        folds[key.casefold()].add(key)
    rows: dict[str, list[tuple[str, Owner | None]]] = defaultdict(list)
    for chunk in _chunks(folds):
        query: Any = Key.objects.filter(kind=kind, fold__in=chunk).order_by("pk").values_list(
            "fold", "key", "pk", "contract_id", "valid_from", "valid_to", "contract__valid_from", "contract__valid_to")
        for fold, key, pk, contract, lo, hi, contract_lo, contract_hi in query:
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


def _lo(value: datetime | None) -> int:
    return ALWAYS if value is None else micros(value)


def _hi(value: datetime | None) -> int:
    return NEVER if value is None else micros(value)


def _chunks(values: Iterable[str]) -> Iterable[list[str]]:
    ordered = sorted(values)
    return (ordered[i:i + CHUNK] for i in range(0, len(ordered), CHUNK))
