"""Cases and measures as the machine interface words them (interfaces.md)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sekimori.cases.models import Case
from sekimori.enforcement.casefacts import World, load
from sekimori.enforcement.ladder.position import position, why_not
from sekimori.enforcement.models import Measure
from sekimori.values.clock import from_micros, iso
from sekimori.work.columns import DUE


def case_line(case: Case) -> dict[str, Any]:
    """Return one line of `cases --jsonl`. `contract` is the opaque handle."""
    return {
        "id": case.ref, "contract": case.contract.handle, "category": case.category, "findings": case.findings_count,
        "first": _at(case.first_event), "last": _at(case.last_event), "state": case.state, "next_step": case.next_step or None,
        "why_not": case.why_not, "policy": case.policy, "grade": case.grade, "opened_at": _at(case.opened_at), "closed_at": _at(case.closed_at),
    }


def now_line(case: Case, now: datetime, about: World) -> dict[str, Any]:
    """Return the line of an open case with its standing at this very moment (windows open and close without an event)."""
    where = position(load(case, now, about))
    return case_line(case) | {"next_step": where.next_step or None, "why_not": why_not(where), "grade": where.grade}


def measure_line(measure: Measure) -> dict[str, Any]:
    """Return one line of `measures --jsonl`."""
    given = [a.officer for a in measure.approvals.all() if a.verdict == "approve" and not a.void]
    return {
        "id": measure.ref, "case": measure.case.ref, "contract": measure.case.contract.handle, "step": measure.step, "state": measure.state,
        "grade": measure.grade, "basis": measure.basis, "scope": measure.scope, "proposed_by": measure.proposed_by,
        "approved_by": given or (["stage:enforcement.decide"] if measure.approved_at and not measure.approvals_needed else []),
        "due_at": iso(from_micros(measure.due_at)) if measure.work == DUE else None,
        "executed_at": _at(measure.executed_at), "verified_at": _at(measure.verified_at), "reverted_at": _at(measure.reverted_at),
        "ends_at": _at(measure.ends_at), "end_reason": measure.end_reason or None, "rehearsal": measure.rehearsal, "path": measure.path,
        "reason": {"ja": measure.reason_ja, "en": measure.reason_en},
    }


def _at(value: datetime | None) -> str | None:
    return iso(value) if value is not None else None
