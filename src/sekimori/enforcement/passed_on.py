"""Logins are reused: a restriction stays with the contract that it was decided about, never with whoever holds the login next.

Which logins a measure in force was carried out on is kept with it. One that the contract no longer holds is let go on the
equipment within a minute of the change being loaded; the measure itself goes on, or ends, as if nothing had happened.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from sekimori.contracts.models import Key
from sekimori.enforcement.measures import IN_FORCE
from sekimori.enforcement.models import Measure
from sekimori.values.clock import micros
from sekimori.work.columns import DUE

CHUNK = 500


def wake(now: datetime) -> int:
    """Have `enforcement.end` look at once at measures in force on logins that their contracts no longer hold; returns how many."""
    rows = Measure.objects.filter(state__in=IN_FORCE, rehearsal=False).exclude(step="warn").order_by("id")
    gone = [m.pk for m, logins in left(rows, now) if logins]
    return Measure.objects.filter(id__in=gone, state__in=IN_FORCE, lease__isnull=True).update(work=DUE, due_at=micros(now), tries=0)


def left(measures: Iterable[Measure], now: datetime) -> list[tuple[Measure, tuple[str, ...]]]:
    """Return each measure with the logins that it was carried out on, that its contract does not hold at `now`, and that are not let go yet."""
    rows = list(measures)
    held: dict[int, set[str]] = defaultdict(set)
    contracts = sorted({m.contract_id for m in rows})
    valid = (Q(valid_from__isnull=True) | Q(valid_from__lte=now)) & (Q(valid_to__isnull=True) | Q(valid_to__gt=now))
    for n in range(0, len(contracts), CHUNK):
        for contract, login in Key.objects.filter(valid, kind="login", contract__in=contracts[n:n + CHUNK]).values_list("contract_id", "key"):
            held[contract].add(login.casefold())
    return [(m, tuple(x for x in m.carried_out.get("logins", ()) if x.casefold() not in held[m.contract_id] and x not in m.carried_out.get("let_go", ())))
            for m in rows]
