"""Open cases and file findings in them: one open case per contract and policy, whatever two workers do at once."""

from __future__ import annotations

from datetime import datetime

from sekimori.attribution.models import Attribution
from sekimori.cases import retention
from sekimori.cases.events import record
from sekimori.cases.models import Case, CaseFinding
from sekimori.cases.wake import wake
from sekimori.policy import for_type
from sekimori.reports import track
from sekimori.values.actors import Actor
from sekimori.values.ids import reference

BY = Actor("stage", "cases.open")
CERTAIN = frozenset({"exact", "exact_open"})


def policy_path(category: str, kind: str) -> str:
    """Return the key under which findings of a contract become one case."""
    row = for_type(category, kind)
    return row.path if row is not None else category[:24]


def sealed(category: str, kind: str) -> bool:
    """Tell whether findings of this kind never reach a case (policy: sealed)."""
    row = for_type(category, kind)
    return row is not None and row.sealed


def open_case(contract_id: int, policy: str, category: str, now: datetime) -> Case:
    """Return the open case of a contract and policy, made if there is none. Call inside a transaction."""
    fresh = Case(ref=reference("K"), contract_id=contract_id, policy=policy, category=category, opened_at=now)
    Case.objects.bulk_create([fresh], ignore_conflicts=True)
    case = Case.objects.select_related("contract").get(contract_id=contract_id, policy=policy, closed_at__isnull=True)
    if case.ref == fresh.ref:
        record(case, now, "case.opened", BY, {"category": category})
    return case


def file(attribution: Attribution, source: str, now: datetime) -> Case | None:
    """File one certain answer with its case; None where it belongs in none, or stands there already.

    A newer answer for a finding that is filed moves it: the old case loses it, and both are looked at again.
    """
    finding = attribution.finding
    before = CaseFinding.objects.filter(finding=finding).select_related("case", "attribution").first()
    certain = attribution.certainty in CERTAIN and attribution.contract_id is not None and not sealed(finding.category, finding.type)
    if before is not None:
        if before.attribution.revision >= attribution.revision:
            return None
        if not certain or before.case.contract_id != attribution.contract_id:
            withdraw(before, now)
        if not certain:
            return None
    elif not certain:
        return None
    assert attribution.contract_id is not None
    case = open_case(attribution.contract_id, policy_path(finding.category, finding.type), f"{finding.category}/{finding.type}", now)
    if before is not None:
        CaseFinding.objects.filter(id=before.id).update(
            case=case, attribution=attribution, source=source, added_at=now, withdrawn_at=None)
    else:
        CaseFinding.objects.bulk_create(
            [CaseFinding(case=case, finding=finding, attribution=attribution, source=source, added_at=now)], ignore_conflicts=True)
        if attribution.own_log and finding.report.authenticity == "pass":
            track.confirm(finding)  # our own log says the same: the reporter was right
    retention.keep(case.ref, finding.report.message.sha256)
    _span(case, attribution)
    record(case, now, "finding.filed", BY, {"finding": finding.id, "certainty": attribution.certainty, "how": attribution.how})
    wake(case.id, "findings", now)
    return case


def withdraw(entry: CaseFinding, now: datetime) -> None:
    """Let a finding count for nothing in its case: a newer answer names somebody else, or nobody."""
    CaseFinding.objects.filter(id=entry.id).update(withdrawn_at=now)
    record(entry.case, now, "finding.withdrawn", BY, {"finding": entry.finding_id})
    wake(entry.case_id, "findings", now)


def _span(case: Case, attribution: Attribution) -> None:
    time = attribution.finding.time or attribution.finding.report.received_at
    case.findings_count = CaseFinding.objects.filter(case=case).count()
    case.first_event = min(filter(None, (case.first_event, time)), default=time)
    case.last_event = max(filter(None, (case.last_event, attribution.finding.last_time or time)), default=time)
    case.save(update_fields=["findings_count", "first_event", "last_event"])
