"""The member's situation out of rows: what is in force, what was said, what can be done. Decides nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from sekimori.cases.models import Case
from sekimori.contracts.models import Contract
from sekimori.disclosure.hearing import CLOSED
from sekimori.enforcement.hearings import hearings as heard
from sekimori.enforcement.measures import IN_FORCE
from sekimori.enforcement.member import UNLOCKABLE
from sekimori.enforcement.models import Measure, Saying
from sekimori.notices import causes
from sekimori.notices.card import Card, of_case
from sekimori.notices.models import Notice
from sekimori.policy import ladder
from sekimori.policy.calendar import months_before

CASES_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Shown:
    """One case as the member sees it: only cases that the member was told of."""

    case: Case
    card: Card
    cause: causes.Cause
    in_force: tuple[Measure, ...]
    done_at: datetime | None
    """When the member last reported the steps as done."""
    unlocks_left: int
    may_unlock: bool
    """Something is in force that the member may end now: "done" was said since, and the number is not used up."""
    waiting: bool
    """A wish to unlock lies with an officer."""

    @property
    def open(self) -> bool:
        """Whether the case is still being dealt with."""
        return self.case.closed_at is None


def notices(contract: Contract) -> list[Notice]:
    """Return what the member was sent, newest first; rehearsals and drafts are nothing that a member was sent."""
    return list(sent(contract).order_by("-sent_at", "-id"))


def sent(contract: Contract) -> QuerySet[Notice]:
    """Return the notices that a contract's holder was sent, about cases and about requests."""
    whose = Q(case__contract=contract) | Q(request__contract=contract)
    return Notice.objects.filter(whose, audience="member", sent_at__isnull=False).select_related("case", "request__hearing")


def asked(contract: Contract) -> list[Notice]:
    """Return the notices whose hearing about a request still waits for this member's answer, oldest first."""
    waiting = sent(contract).filter(request__hearing__answered_at=None, request__hearing__isnull=False)
    return list(waiting.exclude(request__state__in=CLOSED).exclude(state="undelivered").order_by("sent_at"))


def cases(contract: Contract, language: str) -> list[Shown]:
    """Return the cases that the member was told of, open ones first."""
    told = Notice.objects.filter(case__contract=contract, audience="member", sent_at__isnull=False).values("case_id")
    rows = Case.objects.filter(contract=contract, pk__in=told).select_related("contract").order_by("-id")[:CASES_SHOWN]
    return sorted((shown(c, language) for c in rows), key=lambda s: not s.open)


def shown(case: Case, language: str) -> Shown:
    """Return one case as its member sees it."""
    card = of_case(case)
    force = tuple(Measure.objects.filter(case=case, state__in=IN_FORCE, rehearsal=False).exclude(step="warn").order_by("id"))
    said = list(Saying.objects.filter(case=case).order_by("at"))
    done_at = max((s.at for s in said if s.kind == "done"), default=None)
    used = sum(s.kind == "unlock" and s.outcome == "granted" and not s.answered_by for s in said)
    waiting = any(s.kind == "unlock" and s.answered_at is None for s in said)
    mine = [m for m in force if m.step in UNLOCKABLE and m.executed_at is not None]
    reported = done_at is not None and all(m.executed_at is not None and done_at >= m.executed_at for m in mine)
    left = max(0, ladder().unlocks - used)
    code = "stolen_password" if any(m.path == "stolen" for m in force) else card.cause
    return Shown(case, card, causes.cause(code, language), force, done_at, left, bool(mine) and reported, waiting)


def hearings(contract: Contract) -> list[tuple[str, datetime | None]]:
    """Return (notice, until when we wait for a statement) of the hearings in open cases; None where no deadline runs yet."""
    return [(d.notice, until) for d, until in heard(Case.objects.filter(contract=contract, closed_at=None).exclude(state="terminated").values_list("pk", flat=True))]


def sayings(contract: Contract) -> list[Saying]:
    """Return what the member has said, newest first."""
    return list(Saying.objects.filter(case__contract=contract).select_related("case", "measure").order_by("-at", "-id")[:50])


def may_appeal(contract: Contract, now: datetime) -> bool:
    """Tell whether a measure of the last six months can still be contested (enforcement decides it again)."""
    contested = Saying.objects.filter(kind="appeal", measure__isnull=False).values("measure_id")
    return Measure.objects.filter(contract=contract, executed_at__gte=months_before(now, ladder().appeal_months), rehearsal=False,
                                  decided_at__isnull=True).exclude(pk__in=contested).exists()
