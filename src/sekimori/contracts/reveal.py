"""Showing an officer who the holder is: a second act, re-authenticated, of the role `reveal`, counted, with an alarm."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from sekimori.contracts import holders
from sekimori.contracts.models import Contract, Reveal
from sekimori.contracts.rows import HOLDER_FIELDS, HolderData
from sekimori.ledger.service import write
from sekimori.settings import current
from sekimori.staff.models import Officer
from sekimori.values.actors import Actor
from sekimori.values.basis import Purpose
from sekimori.values.outcomes import Refused

FRESH = timedelta(minutes=5)
"""How long a second sign-in (password and second factor) lasts for this act."""
STOP_FACTOR = 3
"""At this multiple of the alarm's rate nothing more is shown within the hour."""
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Revealed:
    """What the officer sees, and whether this reading raised the alarm."""

    data: HolderData
    alarm: bool


def reveal(officer: Officer, reauthenticated_at: datetime | None, purpose: Purpose, contract: Contract, now: datetime,
           fields: Collection[str] = HOLDER_FIELDS) -> Revealed:
    """Show an officer the holder of one contract, for one case or report, on one basis.

    `reauthenticated_at` is when this officer last gave password and second factor in this session; at most five minutes
    ago. Raises Refused: `role_missing`, `reauthentication_needed`, `purpose_missing`, `basis_synthetic`, `rate_stop`. Refusals
    for the rate stand in the ledger too.
    """
    actor = Actor("officer", officer.name)
    if not officer.is_active or not officer.has_role("reveal"):
        raise Refused("role_missing", "this act needs the role reveal")
    if reauthenticated_at is None or not timedelta(0) <= now - reauthenticated_at <= FRESH:
        raise Refused("reauthentication_needed", "sign in again to see who the holder is")
    limit = current().desk.reveal_per_hour
    with transaction.atomic():
        Officer.objects.select_for_update().get(pk=officer.pk)  # counts of one officer, one after the other
        count = Reveal.objects.filter(officer=officer.name, at__gt=now - HOUR).count()
        stopped, alarm = count >= limit * STOP_FACTOR, count >= limit
        if not stopped:
            Reveal.objects.create(officer=officer.name, contract=contract, at=now, reference=purpose.reference[:200])
        if alarm:
            write(actor, "reveal.stopped" if stopped else "reveal.alarm", purpose.reference, {"in_hour": count + 1, "limit": limit}, now)
    if stopped:
        raise Refused("rate_stop", "too many holders shown within one hour")
    found = holders.read(actor, purpose, [contract.pk], fields, now)
    return Revealed(found.get(contract.pk, HolderData()), alarm)
