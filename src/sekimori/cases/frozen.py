"""Rules and feeds that named a wrong contract: what they name waits for a person (enforcement.incident freezes them)."""

from __future__ import annotations

from datetime import datetime

from sekimori.attribution.findings import group_of
from sekimori.attribution.models import Attribution
from sekimori.cases.models import Freeze
from sekimori.reports.models import Review


def sources() -> set[str]:
    """Return the sources frozen now."""
    return set(Freeze.objects.filter(lifted_at__isnull=True).values_list("source", flat=True))


def source_of(attribution: Attribution) -> str:
    """Return the rule or feed that named the contract, as narrow as the proof tells it (`radius`, `mape:12`)."""
    rule = attribution.proof.get("rule") or attribution.proof.get("feed") or ""
    return f"{attribution.how}:{rule}"[:120] if rule else attribution.how


def ask(attribution: Attribution, now: datetime) -> None:
    """Put a frozen answer on the review list: same address and category is one item."""
    finding = attribution.finding
    if not Review.objects.filter(finding=finding, reason="source_frozen", closed_at__isnull=True).exists():
        Review.objects.create(message=finding.report.message, finding=finding, group=group_of(finding), reason="source_frozen",
                              detail=source_of(attribution), opened_at=now)
