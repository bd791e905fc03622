"""Ask for letters to members. `notices` writes and sends them (handshake.py)."""

from __future__ import annotations

from collections.abc import Mapping
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
    immediate = measure.step in {"warn", "brake"}
    detail = {"period_days": ladder.period_days.get(measure.step, 0), "hours": ladder.brake_hours if measure.step == "brake" else 0,
              "starts_from": iso(now if immediate else next_window(now, ladder))}
    # A thief may read the mailbox of a stolen password: it is no channel.
    avoid = "mail" if measure.path in {"stolen", "brake"} else ""
    ask(measure.case, measure.step, f"{measure.ref}:{measure.step}", now, measure=measure, avoid=avoid,
        rehearsal=measure.rehearsal, detail=detail)


def ask(case: Case, kind: str, key: str, now: datetime, *, measure: Measure | None = None, avoid: str = "", prefer: str = "",
        rehearsal: bool = False, detail: Mapping[str, Any] | None = None) -> None:
    """Insert a letter due now; the same key asks once; a held step's letter waits for `go`. Call inside the transaction of the decision."""
    held = measure is not None and Hold.objects.filter(contract_id=case.contract_id, step=kind, lifted_at__isnull=True).exists()
    Letter.objects.bulk_create([Letter(
        work=HELD if held else DUE, ref=reference("L"), key=key[:80], case=case, measure=measure, kind=kind, avoid=avoid, prefer=prefer, rehearsal=rehearsal,
        detail=dict(detail or {}), made_at=now, due_at=micros(now))], ignore_conflicts=True)
