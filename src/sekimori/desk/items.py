"""The officers' open items, gathered from the tables of the river: one queue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Min, Q

from sekimori.enforcement.models import Measure, Saying
from sekimori.enforcement.switches import FLOOD, flooded
from sekimori.reports.models import Review
from sekimori.values.clock import from_micros
from sekimori.work.stage import Stage


@dataclass(frozen=True, slots=True)
class Item:
    """One open item. `kind`: `review approval saying stuck`; `since` is when it began to wait."""

    kind: str
    title: str
    """A stable id, shown in words (`words` catalogue `catalogue`)."""
    catalogue: str
    reference: str
    url: str
    since: datetime
    count: int = 1
    urgent: bool = False


def reviews(lanes: list[str], limit: int = 200) -> list[Item]:
    """Return the groups of reports that a person must read, oldest first; one group is one item."""
    rows = list(Review.objects.filter(closed_at=None, lane__in=lanes).values("group").annotate(n=Count("id"), since=Min("opened_at"), last=Max("id"))
                .order_by("since")[:limit])
    newest = Review.objects.select_related("message", "finding").in_bulk([r["last"] for r in rows])
    return [Item("review", newest[r["last"]].reason, "review_reason", about(newest[r["last"]]), f"/desk/review/{r['last']}/", r["since"], r["n"],
                 urgent=newest[r["last"]].lane == "sealed") for r in rows]


def about(row: Review) -> str:
    """Return what tells one review item from another at a glance: the address it is about, and who sent it."""
    found = row.finding
    key = (found.source_ip or found.login or found.queue_id) if found is not None else ""
    return " · ".join(x for x in (key, row.message.mail_from) if x)


def approvals(now: datetime, limit: int = 200) -> list[Item]:
    """Return the measures that wait for a yes or no. Those of a case that an officer hid for a while are not among them, but a brake is."""
    waiting = Measure.objects.filter(state="proposed").exclude(~Q(step="brake"), case__snoozed_until__gt=now)
    rows = waiting.select_related("case").order_by("proposed_at")[:limit]
    return [Item("approval", m.step, "step", m.case.ref, f"/desk/cases/{m.case.ref}/", m.proposed_at, urgent=m.step == "brake") for m in rows]


def sayings(limit: int = 200) -> list[Item]:
    """Return what members say and nobody has answered: appeals, statements, a third unlock."""
    rows = Saying.objects.filter(answered_at=None).exclude(kind__in=("statement", "done")).select_related("case").order_by("at")[:limit]
    return [Item("saying", s.kind, "saying", s.case.ref, f"/desk/cases/{s.case.ref}/", s.at, urgent=s.kind == "appeal") for s in rows]


def floods() -> list[Item]:
    """Return the sources whose letters wait because they are unusually many."""
    return [Item("flood", "flood_held", "review_reason", s.name.removeprefix(FLOOD), "/desk/switches/", s.at, urgent=True) for s in flooded()]


def stuck(stages: list[Stage], limit: int = 100) -> list[Item]:
    """Return dead rows of every stage: work that stopped by a fault. (Held rows stand as review items or on their case.)"""
    out = []
    for stage in stages:
        rows = stage.model._default_manager.filter(work="dead").order_by("due_at")
        if stage.where:
            rows = rows.extra(where=[stage.where])  # noqa: S610 - the condition is the stage's own constant
        out += [Item("stuck", stage.name, "stage", f"{stage.name}:{row.pk}", "/desk/switches/#stuck", from_micros(row.due_at))  # type: ignore[attr-defined]
                for row in rows[:limit]]
    return out
