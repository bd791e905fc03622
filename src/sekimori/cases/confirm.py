"""An officer has read a report and lets its finding count: prose never warns anybody by itself (issue of the first light)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from sekimori.cases.events import record
from sekimori.cases.models import CaseFinding
from sekimori.cases.wake import wake
from sekimori.ledger.service import write
from sekimori.reports import track
from sekimori.values.actors import Actor
from sekimori.values.outcomes import Refused


def confirm(entry: CaseFinding, officer: str, now: datetime) -> None:
    """Let a finding count as read by `officer`; the case is decided anew. Raises Refused: `answered` (it counted already)."""
    by = Actor("officer", officer)
    with transaction.atomic():
        if not CaseFinding.objects.filter(pk=entry.pk, confirmed_by="", withdrawn_at=None).update(confirmed_by=officer):
            raise Refused("answered")
        track.confirm(entry.finding)
        record(entry.case, now, "finding.confirmed", by, {"finding": entry.finding_id})
        wake(entry.case_id, "findings", now)
        write(by, "finding.confirmed", f"case:{entry.case.ref}", {"finding": entry.finding_id}, now)
