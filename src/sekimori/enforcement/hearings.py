"""The hearings of cases: who was invited by which notice, and until when a statement is waited for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sekimori.enforcement.models import Delivery
from sekimori.policy import ladder


def hearings(cases: Iterable[int]) -> list[tuple[Delivery, datetime | None]]:
    """Return the notices of hearings in cases (by id), oldest first, each with the instant until which a statement is waited for.

    None: its hand-over is not recorded, or it did not go as a letter; then the time does not run (see `ladder.conditions`).
    """
    told = Delivery.objects.filter(letter__case__in=list(cases), letter__kind="hearing", recalled_at=None).select_related("letter__case").order_by("sent_at")
    wait = timedelta(days=ladder().hearing_letter_days)
    return [(d, d.delivered_at + wait if d.delivered_at and d.channel == "letter" else None) for d in told]
