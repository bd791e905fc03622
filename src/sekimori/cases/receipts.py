"""After a clock fault: reports that came in meanwhile were stamped by the wrong clock, and their age judged by it."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from sekimori.cases.models import Case
from sekimori.cases.wake import wake
from sekimori.reports.models import Report
from sekimori.work.clockmark import BACK


def correct(high: datetime, now: datetime) -> int:
    """Give such reports the confirmed instant as their receipt and have their cases looked at again; returns how many there were.

    `high` is the last instant that was believed. The confirmed instant is the latest at which they can have come: an event may
    seem older than it was, never fresher. The messages keep the stamp that they got.
    """
    wrong = Q(received_at__gt=now + BACK)
    last = Report.objects.filter(received_at__lte=high).order_by("-received_at", "-id").values_list("id", "received_at").first()
    if last is not None:
        wrong |= Q(id__gt=last[0], received_at__lt=last[1] - BACK)
    reports = list(Report.objects.filter(wrong).values_list("id", flat=True))
    Report.objects.filter(id__in=reports).update(received_at=now)
    for case in Case.objects.filter(entries__finding__report_id__in=reports, closed_at__isnull=True).distinct().values_list("id", flat=True):
        wake(case, "decision", now)
    return len(reports)
