"""How `enforcement` and `notices` work together: letters that are due, and what became of them.

`enforcement` writes Letter rows (due for the stage `notices.members`); `notices` writes a Notice for each over the best
channel and reports back here, inside its own transaction. Nothing here sends anything.
"""

from __future__ import annotations

from datetime import datetime

from sekimori.cases.events import record
from sekimori.cases.models import Case
from sekimori.cases.wake import wake
from sekimori.enforcement.models import Delivery, Letter, Measure
from sekimori.values.actors import Actor
from sekimori.values.clock import micros
from sekimori.work.columns import DUE

BY = Actor("stage", "notices.send")


def notice_sent(letter: Letter, notice_ref: str, at: datetime, channel: str) -> None:
    """Note that a notice was handed to its channel at `at`. Call inside the transaction that marks it sent.

    A warning is thereby carried out; any other measure may be carried out in the first execution window after this.
    Calling it again for the same notice changes nothing. Rehearsed notices are never reported here.
    """
    if Delivery.objects.filter(notice=notice_ref).exists():
        return
    Delivery.objects.bulk_create([Delivery(notice=notice_ref, letter=letter, channel=channel, sent_at=at)], ignore_conflicts=True)
    if letter.measure_id is not None:
        Measure.objects.filter(id=letter.measure_id, state="approved").update(
            state="notified", notified_at=at, work=DUE, due_at=micros(at), tries=0)
    record(letter.case, at, "notice.sent", BY, {"letter": letter.kind, "notice": notice_ref, "channel": channel})
    wake(letter.case_id, "notified", at)


def notice_delivered(notice_ref: str, at: datetime, channel: str = "", by: Actor = BY) -> bool:
    """Note that a notice arrived (for a letter: that the post recorded its hand-over) over `channel`, if it is known; `by` says so.

    Returns False where nothing changed: an unknown notice, or one already delivered.
    """
    changes = {"delivered_at": at, "undelivered_at": None} | ({"channel": channel} if channel else {})
    if not Delivery.objects.filter(notice=notice_ref, delivered_at__isnull=True).update(**changes):
        return False
    _report(notice_ref, at, "notice.delivered", by)
    return True


def notice_undelivered(notice_ref: str, at: datetime, by: Actor = BY) -> bool:
    """Note that a notice came back, as `by` says: undelivered is not warned. The next channel is for `notices` to try.

    Returns False where nothing changed.
    """
    if not Delivery.objects.filter(notice=notice_ref, undelivered_at__isnull=True).update(
            undelivered_at=at, delivered_at=None):
        return False
    _report(notice_ref, at, "notice.undelivered", by)
    return True


def _report(notice_ref: str, at: datetime, act: str, by: Actor) -> None:
    delivery = Delivery.objects.select_related("letter__case").get(notice=notice_ref)
    case: Case = delivery.letter.case
    record(case, at, act, by, {"notice": notice_ref, "channel": delivery.channel})
    wake(case.id, "delivered", at)
