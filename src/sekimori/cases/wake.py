"""Have a case looked at again: the only way in which anybody asks for a decision."""

from __future__ import annotations

from datetime import datetime

from sekimori.cases.models import Deadline
from sekimori.values.clock import micros


def wake(case_id: int, kind: str, at: datetime) -> None:
    """Insert a deadline due at `at`, inside the caller's transaction; the stage `enforcement.decide` reads it."""
    Deadline.objects.create(case_id=case_id, kind=kind, due_at=micros(at))
