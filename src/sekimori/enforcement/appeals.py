"""Appeals: decided by somebody else than who decided first; a reversal undoes and tells."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from sekimori.cases.events import record
from sekimori.cases.wake import wake
from sekimori.contracts.models import Contract
from sekimori.enforcement import carry_out, letters
from sekimori.enforcement.measures import IN_FORCE
from sekimori.enforcement.models import Measure, Saying
from sekimori.ledger.service import write
from sekimori.values.actors import Actor
from sekimori.values.outcomes import Refused

OUTCOMES = ("upheld", "reversed")


def answer(officer: str, contract: Contract, outcome: str, now: datetime, *, reason: str = "") -> Saying:
    """Answer the contract's oldest open appeal: `upheld` (the measure stays) or `reversed` (it is undone).

    Raises Refused: `outcome`, `no_appeal`, `own_decision` (the officer had a part in the measure).
    """
    if outcome not in OUTCOMES:
        raise Refused("outcome", "upheld or reversed")
    by = Actor("officer", officer)
    open_appeals = Saying.objects.filter(case__contract=contract, kind="appeal", answered_at__isnull=True)
    appeal = open_appeals.select_related("case", "measure__case__contract").order_by("id").first()
    if appeal is None or appeal.measure is None:
        raise Refused("no_appeal", "no appeal is open")
    measure = appeal.measure
    if officer in deciders(measure):
        raise Refused("own_decision", "an appeal is decided by somebody else")
    running = outcome == "reversed" and measure.state in IN_FORCE and measure.step != "warn"
    undone = carry_out.undo(measure) if running else []
    with transaction.atomic():
        if not Saying.objects.filter(id=appeal.id, answered_at__isnull=True).update(
                answered_at=now, answered_by=officer, outcome=outcome, reason=reason):
            raise Refused("no_appeal", "it was answered before")
        if outcome == "reversed" and not carry_out.release(measure, "appeal", by, now, undone):
            # It had ended by itself: it is marked as wrong all the same, and counts for nothing from now on.
            Measure.objects.filter(id=measure.id).update(decided_at=now, end_reason="appeal")
        letters.ask(appeal.case, f"appeal_{outcome}", f"{appeal.ref}:{outcome}", now, measure=measure,
                    detail={"saying": appeal.ref, "step": measure.step, "reason": reason})
        record(appeal.case, now, f"appeal.{outcome}", by, {"measure": measure.ref, "saying": appeal.ref})
        wake(appeal.case_id, "decision", now)
        write(by, f"appeal.{outcome}", appeal.case.ref, {"measure": measure.ref, "saying": appeal.ref}, now)
    appeal.refresh_from_db()
    return appeal


def deciders(measure: Measure) -> set[str]:
    """Return the officers who had a part in a measure: whoever gave a yes or a no to it, void or not."""
    return set(measure.approvals.values_list("officer", flat=True))
