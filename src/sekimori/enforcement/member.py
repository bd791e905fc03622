"""What the member can say and do: statement, "done", unlock by oneself, appeal."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from sekimori.cases.events import record
from sekimori.cases.models import Case
from sekimori.cases.wake import wake
from sekimori.contracts.models import Contract
from sekimori.enforcement import carry_out
from sekimori.enforcement.measures import IN_FORCE
from sekimori.enforcement.models import Measure, Saying
from sekimori.ledger.service import write
from sekimori.policy import ladder
from sekimori.policy.calendar import months_before
from sekimori.values.actors import Actor
from sekimori.values.ids import reference
from sekimori.values.outcomes import Refused
from sekimori.values.text import storable

UNLOCKABLE = ("brake", "restrict_mail", "port_filter")
TEXT_MOST = 20_000


def statement(contract: Contract, text: str, now: datetime) -> Saying:
    """File what the member says, with the newest case. Raises Refused: `no_case`."""
    return _say(_case(contract), "statement", text, now, answered=True)


def done(contract: Contract, text: str, now: datetime) -> Saying:
    """The member worked through the checklist. Raises Refused: `no_case`."""
    return _say(_restricted(contract) or _case(contract), "done", text, now, answered=True)


def unlock(contract: Contract, text: str, now: datetime) -> list[Measure]:
    """End the member's brake, mail restriction or port filter; returns the measures ended.

    The member must have said "done" since; twice per case until the reset. The third wish waits for a person. Raises
    Refused: `nothing_to_unlock`, `not_done`, `person` (filed, an officer decides).
    """
    case = _restricted(contract)
    if case is None:
        raise Refused("nothing_to_unlock", "nothing is in force that a member can end")
    rows = list(Measure.objects.filter(case=case, step__in=UNLOCKABLE, state__in=IN_FORCE, rehearsal=False).select_related("case__contract"))
    began = max(m.executed_at for m in rows if m.executed_at)
    if not Saying.objects.filter(case=case, kind="done", at__gte=began).exists():
        raise Refused("not_done", "the checklist comes first")
    used = Saying.objects.filter(case=case, kind="unlock", outcome="granted", answered_by="").count()
    if used >= ladder().unlocks:
        if not Saying.objects.filter(case=case, kind="unlock", answered_at__isnull=True).exists():
            _say(case, "unlock", text, now, answered=False, measure=rows[0])
        raise Refused("person", "a person looks at this wish")
    return _release(case, rows, text, Actor("member", contract.handle), now)


def _release(case: Case, rows: list[Measure], text: str, by: Actor, now: datetime) -> list[Measure]:
    answers = {m.id: carry_out.undo(m) for m in rows}
    with transaction.atomic():
        ended = [m for m in rows if carry_out.release(m, "unlock", by, now, answers[m.id])]
        if ended:
            saying = Saying(ref=reference("S"), case=case, kind="unlock", measure=ended[0], text=storable(text, TEXT_MOST), at=now,
                            answered_at=now, answered_by=by.id if by.kind == "officer" else "", outcome="granted")
            saying.save()
            write(by, "measure.unlocked", case.ref, {"measures": [m.ref for m in ended]}, now)
        return ended


def answer_unlock(officer: str, wish: Saying, grant: bool, now: datetime) -> list[Measure]:
    """Decide about a wish to unlock that the member may not fulfil alone. Raises Refused: `answered`."""
    by = Actor("officer", officer)
    word = "granted" if grant else "refused"
    if not Saying.objects.filter(id=wish.id, answered_at__isnull=True).update(answered_at=now, answered_by=officer, outcome=word):
        raise Refused("answered", "this wish was answered before")
    if not grant:
        with transaction.atomic():
            record(wish.case, now, "unlock.refused", by)
            write(by, "unlock.refused", wish.case.ref, {"saying": wish.ref}, now)
        return []
    rows = list(Measure.objects.filter(case=wish.case, step__in=UNLOCKABLE, state__in=IN_FORCE, rehearsal=False).select_related("case__contract"))
    return _release(wish.case, rows, "", by, now)


def appeal(contract: Contract, text: str, now: datetime) -> Saying:
    """Contest the newest measure of the last six months. Raises Refused: `nothing_to_appeal`, `pending`."""
    since = months_before(now, ladder().appeal_months)
    contested = Saying.objects.filter(kind="appeal", measure__isnull=False).values("measure_id")
    measure = Measure.objects.filter(
        contract=contract, executed_at__gte=since, rehearsal=False, decided_at__isnull=True,
    ).exclude(id__in=contested).order_by("-executed_at", "-id").select_related("case").first()
    if measure is None:
        if Saying.objects.filter(case__contract=contract, kind="appeal", answered_at__isnull=True).exists():
            raise Refused("pending", "the appeal is being looked at")
        raise Refused("nothing_to_appeal", "no measure of the last six months is open to appeal")
    return _say(measure.case, "appeal", text, now, answered=False, measure=measure)


def _say(case: Case, kind: str, text: str, now: datetime, *, answered: bool, measure: Measure | None = None) -> Saying:
    by = Actor("member", case.contract.handle)
    with transaction.atomic():
        saying = Saying.objects.create(
            ref=reference("S"), case=case, kind=kind, measure=measure, text=storable(text, TEXT_MOST), at=now,
            answered_at=now if answered else None)
        record(case, now, f"member.{kind}", by, {"saying": saying.ref})
        wake(case.id, "decision", now)
        write(by, f"member.{kind}", case.ref, {"saying": saying.ref}, now)
    return saying


def _case(contract: Contract) -> Case:
    found = Case.objects.filter(contract=contract).select_related("contract").order_by("closed_at", "-id")
    case = found.filter(closed_at__isnull=True).order_by("-id").first() or found.order_by("-id").first()
    if case is None:
        raise Refused("no_case", "there is no case to speak about")
    return case


def _restricted(contract: Contract) -> Case | None:
    newest = Measure.objects.filter(
        contract=contract, step__in=UNLOCKABLE, state__in=IN_FORCE, rehearsal=False).order_by("-executed_at", "-id").select_related("case__contract").first()
    return newest.case if newest else None
