"""The officers' open items, gathered from the tables of the river: one queue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Min, Q

from sekimori.disclosure.models import Request
from sekimori.enforcement.models import Measure, Saying
from sekimori.enforcement.switches import FLOOD, flooded
from sekimori.notices.models import Notice
from sekimori.reports.models import Review
from sekimori.values.clock import from_micros
from sekimori.work.stage import Stage

SOON = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Item:
    """One open item. `kind`: `review approval saying confirm reach request flood stuck`; `since` is when it began to wait."""

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


def by_hand(limit: int = 200) -> list[Item]:
    """Return the measures that a person must carry out or take back on the equipment, and confirm."""
    rows = Measure.objects.exclude(by_hand="").filter(rehearsal=False).select_related("case").order_by("id")[:limit]
    return [Item("confirm", m.step, "step", m.case.ref, f"/desk/cases/{m.case.ref}/", m.reverted_at or m.executed_at or m.proposed_at, urgent=True) for m in rows]


def unreached(limit: int = 200) -> list[Item]:
    """Return the notices that wait for an officer: no channel is left, or the post's hand-over is not recorded yet."""
    rows = Notice.objects.filter(Q(channel="manual", state="written") | Q(channel="letter", state="sent"), audience="member").order_by("written_at")[:limit]
    return [Item("reach", n.channel, "channel", n.ref, f"/desk/notices/{n.ref}/", n.written_at, urgent=n.channel == "manual") for n in rows]


def requests(now: datetime, limit: int = 200) -> list[Item]:
    """Return the requests that nobody has answered; urgent where the answer is due within two days."""
    rows = Request.objects.filter(answered_at=None).exclude(state__in=("refused", "expired", "answered")).order_by("answer_by")[:limit]
    return [Item("request", r.kind, "request", r.ref, f"/desk/requests/{r.ref}/", r.received_at, urgent=r.answer_by <= now + SOON) for r in rows]


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
