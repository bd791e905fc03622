"""The timeline of a case."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sekimori.cases.models import Case, Event
from sekimori.values.actors import Actor


def record(case: Case, at: datetime, act: str, actor: Actor, detail: Mapping[str, Any] | None = None) -> None:
    """Add one act to a case's timeline, inside the caller's transaction. `act` is a stable id (`measure.executed`)."""
    Event.objects.create(case=case, at=at, act=act, actor=str(actor), detail=dict(detail or {}))
