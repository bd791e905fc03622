"""What officers do with cases: move findings, merge, split, hand over, close as unfounded; the same act on many, shown first.

Moving evidence voids whatever officers agreed to on it: approvals are bound to a case's findings (enforcement.subject).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from sekimori.cases import retention
from sekimori.cases.events import record
from sekimori.cases.models import Case, CaseFinding, Note
from sekimori.cases.store import open_case
from sekimori.cases.wake import wake
from sekimori.enforcement import measures
from sekimori.enforcement.models import Measure
from sekimori.ledger.service import write
from sekimori.reports import track
from sekimori.values.actors import Actor
from sekimori.values.outcomes import Refused
from sekimori.values.text import storable

SNOOZE_DAYS = range(1, 31)
NOTE_CHARS = 5000


def move(entries: Iterable[CaseFinding], target: Case, by: Actor, now: datetime) -> int:
    """Move findings to another open case of the same contract; returns how many. To another contract they go by a new answer only.

    Raises Refused: `closed`, `other_contract`.
    """
    rows = list(entries)
    if target.closed_at is not None:
        raise Refused("closed", f"{target.ref} is closed")
    if any(e.case.contract_id != target.contract_id for e in rows):
        raise Refused("other_contract", "who it was is decided by attribution, not by moving findings")
    with transaction.atomic():
        sources = {e.case_id: e.case for e in rows if e.case_id != target.id}
        moved = CaseFinding.objects.filter(id__in=[e.id for e in rows]).exclude(case=target).update(case=target)
        if moved:
            retention.keep_all({target.ref: {e.finding.report.message.sha256 for e in rows}})
            refs = [c.ref for c in sources.values()]
            for case in (*sources.values(), target):
                _count(case)
                record(case, now, "findings.moved", by, {"from": refs, "to": target.ref, "findings": moved})
                wake(case.id, "findings", now)
            write(by, "findings.moved", target.ref, {"from": refs, "findings": moved}, now)
    return moved


def merge(source: Case, target: Case, by: Actor, now: datetime) -> None:
    """Move everything of a case into another of the same contract, and close it as merged.

    Raises Refused: `same`, `in_force` (a measure of the source still runs or waits), and what `move` raises.
    """
    if source.id == target.id:
        raise Refused("same", source.ref)
    if source.closed_at is not None:
        raise Refused("closed", f"{source.ref} is closed")
    under_way = Measure.objects.filter(case=source, rehearsal=False).exclude(step="warn").filter(state__in=(*measures.OPEN, *measures.IN_FORCE))
    if under_way.exists():
        raise Refused("in_force", f"{source.ref} has a measure under way")
    with transaction.atomic():
        move(source.entries.select_related("case"), target, by, now)
        _close(source, "merged", by, now, {"into": target.ref})


def split(entries: Iterable[CaseFinding], policy: str, by: Actor, now: datetime) -> Case:
    """Move findings of one case to the contract's open case under another policy, made if there is none. Raises Refused: `nothing`."""
    rows = list(entries)
    if not rows:
        raise Refused("nothing", "no finding was chosen")
    first = rows[0]
    with transaction.atomic():
        target = open_case(first.case.contract_id, policy, f"{first.finding.category}/{first.finding.type}", now)
        move(rows, target, by, now)
    target.refresh_from_db()
    return target


def reassign(case: Case, officer: str, by: Actor, now: datetime) -> None:
    """Hand a case to an officer ("" = nobody)."""
    with transaction.atomic():
        Case.objects.filter(id=case.id).update(officer=officer)
        record(case, now, "case.assigned", by, {"officer": officer})
        write(by, "case.assigned", case.ref, {"officer": officer}, now)


def snooze(case: Case, days: int, by: Actor, now: datetime) -> None:
    """Hide a case from the lists for so many days; deadlines and the member's rights run on. Raises Refused: `days` (1 to 30)."""
    if days not in SNOOZE_DAYS:
        raise Refused("days", f"{SNOOZE_DAYS.start} to {SNOOZE_DAYS.stop - 1}")
    with transaction.atomic():
        Case.objects.filter(id=case.id).update(snoozed_until=now + timedelta(days=days))
        record(case, now, "case.snoozed", by, {"days": days})
        write(by, "case.snoozed", f"case:{case.ref}", {"days": days}, now)


def note(case: Case, text: str, by: Actor, now: datetime) -> None:
    """Keep what an officer writes beside a case (never shown to members or reporters). Raises Refused: `nothing` (no text)."""
    kept = storable(text.strip(), NOTE_CHARS)
    if not kept:
        raise Refused("nothing", "the note is empty")
    with transaction.atomic():
        Note.objects.create(case=case, at=now, officer=by.id, text=kept)
        write(by, "case.noted", f"case:{case.ref}", {}, now)


def close_settled(case: Case, by: Actor, now: datetime) -> None:
    """Close a case in which nothing more is to be done: the reports were right, and the member has put it right.

    What waits for approval is void. Raises Refused: `closed`, `in_force`.
    """
    _closable(case)
    with transaction.atomic():
        _void_open(case, by, now)
        _close(case, "settled", by, now, {})


def close_unfounded(case: Case, by: Actor, now: datetime) -> None:
    """Close a case whose reports were wrong: its findings count for nothing, its reporters' record says so.

    Raises Refused: `closed`, `in_force`.
    """
    _closable(case)
    with transaction.atomic():
        entries = CaseFinding.objects.filter(case=case, withdrawn_at__isnull=True).select_related("finding__report")
        for entry in entries:
            track.refute(entry.finding)
        entries.update(withdrawn_at=now)
        _void_open(case, by, now)
        _close(case, "unfounded", by, now, {})


@dataclass(frozen=True, slots=True)
class Preview:
    """What an act on many cases would do to each."""

    case: str
    refused: str
    """Why it would be refused, or ""."""


def many(cases: Iterable[Case], act: Callable[[Case], None], *, really: bool) -> list[Preview]:
    """Do the same act on many cases, each in its own transaction; with `really` False everything is taken back: a preview."""
    out = []
    for case in cases:
        why = ""
        try:
            with transaction.atomic():
                act(case)
                if not really:
                    transaction.set_rollback(True)
        except Refused as e:
            why = e.code
        out.append(Preview(case.ref, why))
    return out


def repeat_score(opened: Iterable[datetime], now: datetime, half_life_days: float = 180.0) -> float:
    """Return how often a contract was a case, each counting half as much every half-life. Pure; orders lists, decides nothing."""
    return float(sum(0.5 ** ((now - at).total_seconds() / 86_400 / half_life_days) for at in opened if at <= now))


def _closable(case: Case) -> None:
    if case.closed_at is not None:
        raise Refused("closed", f"{case.ref} is closed")
    if Measure.objects.filter(case=case, state__in=measures.IN_FORCE, rehearsal=False).exclude(step="warn").exists():
        raise Refused("in_force", "end the measures first, or declare an incident")


def _void_open(case: Case, by: Actor, now: datetime) -> None:
    for measure in Measure.objects.filter(case=case, state__in=measures.OPEN, rehearsal=False):
        measures.void(measure, "void", "finding", by, now)


def _close(case: Case, outcome: str, by: Actor, now: datetime, detail: dict[str, str]) -> None:
    Case.objects.filter(id=case.id).update(closed_at=now, outcome=outcome, state="merged" if outcome == "merged" else "closed")
    record(case, now, f"case.{outcome}", by, detail)
    write(by, f"case.{outcome}", case.ref, detail, now)


def _count(case: Case) -> None:
    Case.objects.filter(id=case.id).update(findings_count=CaseFinding.objects.filter(case=case).count())
