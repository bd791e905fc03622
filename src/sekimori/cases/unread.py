"""Certain answers that prove nothing until a person has read the report: free text, and senders nobody vouches for."""

from __future__ import annotations

from datetime import datetime

from sekimori.attribution.findings import group_of
from sekimori.attribution.models import Attribution
from sekimori.reports.models import Review


def why(attribution: Attribution) -> str:
    """Return why a person must read the report first (`free_text`, `unauthenticated`), or ""."""
    report = attribution.finding.report
    if report.authenticity != "pass":
        return "unauthenticated"
    return "free_text" if report.free_text and not attribution.own_log else ""


def ask(attribution: Attribution, reason: str, now: datetime) -> None:
    """Put it on the review list; however many tell the same about one address, it is one item."""
    group = group_of(attribution.finding)
    if not Review.objects.filter(group=group, reason=reason, closed_at__isnull=True).exists():
        Review.objects.create(message=attribution.finding.report.message, finding=attribution.finding, group=group, reason=reason, opened_at=now)
