"""What a proof bundle says: the case as JSON, and the ledger entries about it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sekimori.cases.models import Case, CaseFinding, Event
from sekimori.enforcement.lines import case_line, measure_line
from sekimori.enforcement.models import Delivery, Incident, Measure, Saying
from sekimori.ledger.models import Entry
from sekimori.values.clock import iso

BATCHES = ("enforcement.acted", "enforcement.ended")
"""Acts of batches whose entry names the measures in its text."""


def case_json(case: Case, entries: Sequence[CaseFinding]) -> dict[str, Any]:
    """Return everything that was decided in a case, and on what. The holder is not in it, the reporter neither."""
    return {
        "case": case_line(case),
        "findings": [_finding(e) for e in entries],
        "measures": [_measure(m) for m in Measure.objects.filter(case=case).select_related("case__contract").prefetch_related("approvals").order_by("id")],
        "notices": [_delivery(d) for d in Delivery.objects.filter(letter__case=case).select_related("letter__measure").order_by("id")],
        "member": [{"id": s.ref, "kind": s.kind, "at": iso(s.at), "text": s.text, "outcome": s.outcome, "reason": s.reason}
                   for s in Saying.objects.filter(case=case).order_by("id")],
        "timeline": [{"at": iso(e.at), "act": e.act, "actor": e.actor, "detail": e.detail} for e in Event.objects.filter(case=case).order_by("id")],
    }


def _finding(entry: CaseFinding) -> dict[str, Any]:
    f, a = entry.finding, entry.attribution
    return {
        "id": f.id, "message": f.report.message.sha256, "category": f"{f.category}/{f.type}", "source_ip": f.source_ip or None,
        "source_port": f.source_port, "queue_id": f.queue_id or None, "message_id": f.message_id or None, "time": iso(f.time) if f.time else None,
        "zone": f.zone, "received_at": iso(f.report.received_at), "authenticated": f.report.authenticity == "pass", "format": f.report.format,
        "certainty": a.certainty, "how": a.how, "why": a.why, "revision": a.revision, "contract": a.contract_id,
        "withdrawn_at": iso(entry.withdrawn_at) if entry.withdrawn_at else None,
    }


def _measure(measure: Measure) -> dict[str, Any]:
    subject = {
        "contract": measure.case.contract.handle, "case": measure.case.ref, "step": measure.step, "path": measure.path, "target": measure.target,
        "grade": measure.grade, "needed": measure.approvals_needed, "evidence": measure.evidence, "ja": measure.reason_ja, "en": measure.reason_en,
        "versions": [measure.policy_version, measure.ladder_version], "ground": measure.basis, "days": measure.period_days,
    }
    approvals = [{"officer": a.officer, "verdict": a.verdict, "at": iso(a.at), "void": a.void, "subject_hash": a.subject_hash} for a in measure.approvals.all()]
    return measure_line(measure) | {"subject": subject, "subject_hash": measure.subject_hash, "approvals": approvals}


def _delivery(delivery: Delivery) -> dict[str, Any]:
    return {"id": delivery.notice, "letter": delivery.letter.kind, "measure": delivery.letter.measure.ref if delivery.letter.measure else None,
            "channel": delivery.channel, "sent_at": iso(delivery.sent_at), "delivered_at": iso(delivery.delivered_at) if delivery.delivered_at else None,
            "undelivered_at": iso(delivery.undelivered_at) if delivery.undelivered_at else None,
            "recalled_at": iso(delivery.recalled_at) if delivery.recalled_at else None}


def ledger_excerpt(case: Case, entries: Sequence[CaseFinding]) -> tuple[bytes, bytes]:
    """Return (entries about the case as JSON lines, all hashes from the first of them to the end of the chain).

    The hashes of the entries between are enough to see that none was changed, without showing what they say.
    """
    measures = list(Measure.objects.filter(case=case).values_list("ref", flat=True))
    notices = list(Delivery.objects.filter(letter__case=case).values_list("notice", flat=True))
    incidents = list(Incident.objects.filter(case=case).values_list("ref", flat=True))
    subjects = {case.ref, f"case:{case.ref}", *measures, *incidents, *(f"notice:{n}" for n in notices),
                *(f"report:{e.finding.report_id}" for e in entries), *(f"message:{e.finding.report.message.sha256}" for e in entries)}
    found = {e.seq: e for chunk in _chunks(sorted(subjects)) for e in Entry.objects.filter(subject__in=chunk)}
    for e in Entry.objects.filter(act__in=BATCHES, at__gte=iso(case.opened_at)).iterator(chunk_size=1000):
        if any(ref in e.body for ref in measures):
            found[e.seq] = e
    lines = [json.dumps({"seq": e.seq, "prev": e.prev, "hash": e.hash, "body": e.body}, ensure_ascii=False) for _, e in sorted(found.items())]
    first = min(found, default=1)
    hashes = Entry.objects.filter(seq__gte=max(1, first - 1)).order_by("seq").values_list("seq", "hash")
    return "".join(line + "\n" for line in lines).encode(), "".join(f"{seq} {value}\n" for seq, value in hashes.iterator(chunk_size=5000)).encode()


def _chunks(values: list[str], size: int = 400) -> list[list[str]]:
    return [values[i:i + size] for i in range(0, len(values), size)]
