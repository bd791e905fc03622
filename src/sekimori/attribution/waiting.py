"""Reports that are faster than our own logs: an answer that the next load may settle waits for it, for a while."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Max

from sekimori.attribution.health import HealthBook
from sekimori.attribution.types import Answer
from sekimori.reports.models import Finding
from sekimori.submissions.models import LogMark, Submission
from sekimori.values.clock import micros

LONGEST = timedelta(hours=2)
"""From the receipt of the report on; then the answer stands as it is, for a person."""
AGAIN = timedelta(minutes=5)
UNSETTLED = frozenset({"feed_lag", "not_seen_since"})
UNKNOWN_MAIL = frozenset({"no_submission", "own_relay"})


class Waiting:
    """What our logs cover by now."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._health = HealthBook.now(micros(now))
        self._mail_until: int | None = None
        if LogMark.objects.exists():
            last = Submission.objects.aggregate(last=Max("time"))["last"]
            self._mail_until = None if last is None else micros(last)

    def until(self, finding: Finding, answer: Answer) -> datetime | None:
        """Return when to ask again, or None where no log can be expected to say more soon."""
        if self._now - finding.report.received_at >= LONGEST or finding.time is None:
            return None
        hi = micros(finding.last_time or finding.time)
        if answer.why in UNSETTLED:
            behind = any(self._health.behind(n.realm, n.kind, hi) for n in answer.networks[:1])
        else:
            asked = finding.queue_id or finding.message_id
            behind = bool(answer.why in UNKNOWN_MAIL and asked and self._mail_until is not None and hi > self._mail_until)
        return self._now + AGAIN if behind else None
