"""What waits for an officer: one list for the desk, one number for scenarios."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Min

from sekimori.enforcement.models import Measure, Saying
from sekimori.enforcement.switches import FLOOD, flooded
from sekimori.reports.models import Review

SEALED = "sealed"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that a person must look at."""

    kind: str
    """`review sealed approval appeal unlock confirm flood`."""
    reference: str
    since: datetime
    case: str = ""
    detail: str = ""


def items() -> list[Item]:
    """Return all open items, oldest first."""
    return sorted([*_reviews(), *_approvals(), *_sayings(), *_unconfirmed(), *_floods()], key=lambda i: (i.since, i.reference))


def count() -> int:
    """Return how many items are open; what waits for reading counts as `review_groups` says."""
    return sum(i.kind != "review" for i in items()) + review_groups()


def review_groups() -> int:
    """Return how many groups wait for reading: same sender, or same address and category, is one. Sealed ones don't count.

    `items` keeps one for each address, which is what an officer reads and closes: a sender's reports about many addresses are one
    group here and many items there.
    """
    waiting = Review.objects.filter(closed_at__isnull=True).exclude(lane=SEALED)
    rows = waiting.values_list("group", "message__mail_from", "message__reports__reply_to").distinct()
    parent: dict[str, str] = {}

    def root(key: str) -> str:
        while parent.setdefault(key, key) != key:
            parent[key] = key = parent[parent[key]]
        return key

    for group, envelope, header in rows:
        top = root(group)
        sender = (envelope or header or "").strip().lower()
        if sender:
            parent[root(f"sender|{sender}")] = top
    return len({root(key) for key in list(parent)})


def _reviews() -> list[Item]:
    open_groups = Review.objects.filter(closed_at__isnull=True).values("group", "lane").annotate(since=Min("opened_at"))
    return [Item("sealed" if g["lane"] == SEALED else "review", g["group"], g["since"], detail=g["lane"]) for g in open_groups]


def _approvals() -> list[Item]:
    waiting = Measure.objects.filter(state="proposed", rehearsal=False).select_related("case")
    return [Item("approval", m.ref, m.proposed_at, m.case.ref, m.step) for m in waiting]


def _sayings() -> list[Item]:
    waiting = Saying.objects.filter(kind__in=("appeal", "unlock"), answered_at__isnull=True).select_related("case")
    return [Item(s.kind, s.ref, s.at, s.case.ref) for s in waiting]


def _unconfirmed() -> list[Item]:
    """Measures that a person must carry out or take back by hand, and confirm."""
    waiting = Measure.objects.exclude(by_hand="").filter(rehearsal=False).select_related("case")
    return [Item("confirm", m.ref, m.reverted_at or m.executed_at or m.proposed_at, m.case.ref, f"{m.by_hand} {m.step}") for m in waiting]


def _floods() -> list[Item]:
    """Sources whose letters wait because they would warn unusually many members."""
    return [Item("flood", s.name.removeprefix(FLOOD), s.at) for s in flooded()]
