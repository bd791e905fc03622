"""Ask for letters to members. `notices` writes and sends them (handshake.py)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sekimori.cases.models import Case
from sekimori.enforcement.models import Hold, Letter, Measure
from sekimori.policy import Ladder
from sekimori.policy.calendar import next_window
from sekimori.values.clock import iso, micros
from sekimori.values.ids import reference
from sekimori.work.columns import DUE, HELD


def letter_for(measure: Measure, ladder: Ladder, now: datetime) -> None:
    """Ask for the letter that a measure needs: reason, start and period stated before it takes effect."""
    letters_for([measure], ladder, now)


def letters_for(measures: Sequence[Measure], ladder: Ladder, now: datetime) -> None:
    """Ask for the letters that measures need, as `letter_for` does for one."""
    made = []
    for measure in measures:
        immediate = measure.step in {"warn", "brake"}
        detail = {"period_days": ladder.period_days.get(measure.step, 0), "hours": ladder.brake_hours if measure.step == "brake" else 0,
                  "starts_from": iso(now if immediate else next_window(now, ladder))}
        # A thief may read the mailbox of a stolen password: it is no channel.
        avoid = "mail" if measure.path in {"stolen", "brake"} else ""
        made.append(_letter(measure.case, measure.step, f"{measure.ref}:{measure.step}", now, measure=measure, avoid=avoid,
                            rehearsal=measure.rehearsal, detail=detail))
    _insert(made)


def ask(case: Case, kind: str, key: str, now: datetime, *, measure: Measure | None = None, prefer: str = "",
        detail: Mapping[str, Any] | None = None) -> None:
    """Insert a letter due now; the same key asks once; a held step's letter waits for `go`. Call inside the transaction of the decision."""
    _insert([_letter(case, kind, key, now, measure=measure, prefer=prefer, detail=detail)])


def _letter(case: Case, kind: str, key: str, now: datetime, *, measure: Measure | None = None, avoid: str = "", prefer: str = "",
            rehearsal: bool = False, detail: Mapping[str, Any] | None = None) -> Letter:
    return Letter(ref=reference("L"), key=key[:80], case=case, measure=measure, kind=kind, avoid=avoid, prefer=prefer, rehearsal=rehearsal,
                  detail=dict(detail or {}), made_at=now, due_at=micros(now))


def _insert(letters: Sequence[Letter]) -> None:
    held = set(Hold.objects.filter(contract__in={x.case.contract_id for x in letters if x.measure_id is not None}, lifted_at__isnull=True)
               .values_list("contract_id", "step"))
    for letter in letters:
        letter.work = HELD if letter.measure_id is not None and (letter.case.contract_id, letter.kind) in held else DUE
    Letter.objects.bulk_create(letters, ignore_conflicts=True)
