"""Which cases a list shows: the filter that the page states, and nothing hidden without saying so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.db.models import Q, QuerySet

from sekimori.cases.models import Case
from sekimori.policy.types import STEPS
from sekimori.staff.models import Officer

STATES = ("open", "warned", "restricted", "suspended", "terminated", "closed", "merged")
GRADES = ("A", "B", "C", "D")
NOBODY = "-"


@dataclass(frozen=True, slots=True)
class Filter:
    """What the list is narrowed to; "" where a part does not matter."""

    q: str = ""
    state: str = ""
    policy: str = ""
    grade: str = ""
    officer: str = ""
    """A name, or `-` for cases in nobody's hands."""
    waiting: str = ""
    """A step that waits for approval."""
    snoozed: str = ""
    """`1`: hidden ones too."""

    @property
    def query(self) -> str:
        """The filter as the beginning of a query string, for the pager."""
        return query(**{k: getattr(self, k) for k in self.__slots__})


def query(**parts: str) -> str:
    """Return what is stated of a filter as the beginning of a query string (`state=open&`), so that a pager keeps it. Pure."""
    pairs = {k: v for k, v in parts.items() if v}
    return urlencode(pairs) + "&" if pairs else ""


def stated(given: Mapping[str, str]) -> Filter:
    """Return the filter that a query string states; what makes no sense is dropped. Pure."""
    state, grade, waiting = given.get("state", ""), given.get("grade", ""), given.get("waiting", "")
    return Filter(
        q=given.get("q", "").strip()[:80], state=state if state in STATES else "", policy=given.get("policy", "")[:24], grade=grade if grade in GRADES else "",
        officer=given.get("officer", "")[:60], waiting=waiting if waiting in STEPS else "", snoozed="1" if given.get("snoozed") == "1" else "")


def cases(wanted: Filter, now: datetime) -> QuerySet[Case]:
    """Return the cases of a filter, newest event first. A case that was asked for by its number is shown even while it is hidden."""
    rows = Case.objects.select_related("contract").order_by("-last_event", "-id")
    for field in ("state", "policy", "grade"):
        if getattr(wanted, field):
            rows = rows.filter(**{field: getattr(wanted, field)})
    if wanted.officer:
        rows = rows.filter(officer="" if wanted.officer == NOBODY else wanted.officer)
    if wanted.waiting:
        rows = rows.filter(measures__step=wanted.waiting, measures__state="proposed", measures__rehearsal=False).distinct()
    if wanted.q:
        rows = rows.filter(Q(ref=wanted.q.upper()) | Q(contract__handle=wanted.q))
    elif not wanted.snoozed:
        rows = rows.exclude(snoozed_until__gt=now)
    return rows


def workers() -> list[Officer]:
    """Return the officers who may have cases in their hands."""
    return [o for o in Officer.objects.filter(is_active=True).order_by("name") if o.has_role("handler") or o.has_role("approver")]
