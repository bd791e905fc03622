"""Load the provider's prefixes, and hand out the tries."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import connection, transaction

from sekimori.ledger.service import write
from sekimori.network.models import Network
from sekimori.network.rows import NetworkRow, parse
from sekimori.network.table import Table
from sekimori.values.actors import Actor
from sekimori.values.loads import BadRow, Tally

_FIELDS = ("prefix", "family", "length", "kind", "pd_length", "realm", "valid_from", "valid_to", "contact")
_cache: tuple[tuple[int, int, str], Table] | None = None
"""(count, newest id, its load) → tries."""


def load(rows: Iterable[tuple[int, Mapping[str, str]]], tally: Tally, now: datetime, actor: Actor) -> Tally:
    """Store numbered rows of `network load` (interfaces.md) in one transaction; bad ones are refused in `tally`.

    Idempotent: a row known with the same prefix, kind, realm and `valid_from` is left alone, or replaced where its end,
    delegation length or contact changed.
    """
    wanted: dict[tuple[object, ...], NetworkRow] = {}
    for number, raw in rows:
        try:
            row = parse(raw)
        except BadRow as e:
            tally.refuse(number, e.code, raw)
            continue
        wanted[row.identity] = row
    with transaction.atomic():
        known = {r.identity: (pk, r) for pk, r in _stored()}
        load_id = uuid.uuid4().hex
        old, new = [], []
        for identity, row in wanted.items():
            pk, before = known.get(identity, (0, None))
            if before == row:
                tally.unchanged += 1
                continue
            if before is not None:
                old.append(pk)
            new.append(Network(load=load_id, **{f: getattr(row, f) for f in _FIELDS}))
        Network.objects.filter(pk__in=old).delete()
        Network.objects.bulk_create(new, batch_size=1000)
        tally.stored += len(new)
        if new:
            write(actor, "network.loaded", "network", {"stored": len(new), "replaced": len(old)}, now)
    return tally


def current() -> Table:
    """Return the tries of the rows in the database now; built anew only after a load."""
    global _cache  # noqa: PLW0603 - one table per process, checked against the database at every call
    with connection.cursor() as cursor:
        cursor.execute("SELECT (SELECT COUNT(*) FROM network_network), id, load FROM network_network ORDER BY id DESC LIMIT 1")
        version = cursor.fetchone() or (0, 0, "")
    if _cache is None or _cache[0] != version:
        _cache = version, Table(row for _, row in _stored())
    return _cache[1]


def _stored() -> list[tuple[int, NetworkRow]]:
    return [(pk, NetworkRow(*rest)) for pk, *rest in Network.objects.order_by("id").values_list("pk", *_FIELDS)]
