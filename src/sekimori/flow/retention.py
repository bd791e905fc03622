"""What is forgotten, and when: one place for the periods of `retention.toml` that end rows of the river.

| what | kept until | then |
|---|---|---|
| a message without a case, with its reports, findings, answers | `report_without_case_days` after receipt | deleted |
| a closed case without decisions | `case_years` after its close | deleted; its messages are then messages without a case |
| a closed case with measures, statements, appeals or incidents | `decision_years` after its close | deleted with them |
| answers to reporters, tries to sign in, counters of courtesy, one-time links | `report_without_case_days` | deleted |
| octets of messages | with their row; held while a case or preservation needs them | `evidence.store.expire` |

Connection logs, submission logs and preserved copies have their own (`assignments.expiry`, `submissions.store`,
`disclosure`). The ledger stays: it holds no plain address, name or mail text.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from sekimori.attribution.models import Attribution
from sekimori.bounces.models import Explained, NoticeBounce
from sekimori.cases.models import Case, CaseFinding, Deadline
from sekimori.disclosure.hearing import CLOSED
from sekimori.enforcement.models import Incident, Letter, MassAct, Measure, Saying
from sekimori.evidence import store as evidence
from sekimori.evidence.models import Hold
from sekimori.intake.models import Message
from sekimori.ledger.service import write
from sekimori.notices.models import Courtesy, Notice, Reply, SignIn
from sekimori.policy.files import retention
from sekimori.reports.models import Answer, Finding, Review
from sekimori.staff.models import Attempt, OneTimeLink
from sekimori.values.actors import Actor
from sekimori.values.clock import JST
from sekimori.work.columns import DONE

YEAR = timedelta(days=365.25)
CHUNK = 100


@dataclass(slots=True)
class Forgotten:
    """How many messages, cases and traces (rows beside both) were deleted."""

    messages: int = 0
    cases: int = 0
    traces: int = 0


def messages_over(now: datetime) -> QuerySet[Message]:
    """Return the messages whose time is over: no case, nothing that still waits for a stage or a person, no hold."""
    mine = OuterRef("pk")
    waiting = ~Q(work=DONE)
    return Message.objects.filter(
        Q(received_at__lt=now - timedelta(days=retention().report_without_case_days)),
        ~Exists(CaseFinding.objects.filter(finding__report__message=mine)),
        ~Exists(Reply.objects.filter(message=mine, notice__case__isnull=False)),
        ~Exists(Review.objects.filter(message=mine, closed_at__isnull=True)),
        ~Exists(Finding.objects.filter(waiting, report__message=mine)),
        ~Exists(Attribution.objects.filter(waiting, finding__report__message=mine)),
        ~Exists(Answer.objects.filter(waiting, report__message=mine)),
        ~Exists(NoticeBounce.objects.filter(waiting, message=mine)),
        ~Exists(Explained.objects.filter(waiting, message=mine)),
        ~Exists(Hold.objects.filter(body=OuterRef("sha256"))),
        work=DONE)


def cases_over(now: datetime) -> QuerySet[Case]:
    """Return the closed cases whose time is over: later where something was decided in them."""
    mine = OuterRef("pk")
    decided = Q(Exists(Measure.objects.filter(case=mine))) | Q(Exists(Saying.objects.filter(case=mine))) | Q(Exists(Incident.objects.filter(case=mine)))
    periods = retention()
    return Case.objects.filter(
        Q(closed_at__lt=now - periods.case_years * YEAR, closed_at__isnull=False),
        ~decided | Q(closed_at__lt=now - periods.decision_years * YEAR),
        ~Exists(Notice.objects.filter(~Q(work=DONE), case=mine)),
        ~Exists(Letter.objects.filter(~Q(work=DONE), case=mine)),
        ~Exists(Measure.objects.filter(~Q(work=DONE), case=mine)))


def forget(actor: Actor, now: datetime) -> Forgotten:
    """Delete what is over, a hundred at a time, each with its ledger entry in the same transaction.

    The caller must know that its clock is right (`work.clockmark`).
    """
    done = Forgotten()
    while count := _forget_cases(actor, now):
        done.cases += count
    while count := _forget_messages(actor, now):
        done.messages += count
    done.traces = _forget_traces(actor, now)
    return done


def _forget_traces(actor: Actor, now: datetime) -> int:
    """Delete what names a person beside messages and cases: where answers went, who tried to sign in, notes typed for many cases."""
    edge = now - timedelta(days=retention().report_without_case_days)
    over = (
        Notice.objects.filter(Q(request=None) | Q(request__state__in=CLOSED), case__isnull=True, written_at__lt=edge, work=DONE), SignIn.objects.filter(asked_at__lt=edge, work=DONE),
        Courtesy.objects.filter(day__lt=edge.astimezone(JST).date()), Attempt.objects.filter(at__lt=edge), OneTimeLink.objects.filter(expires_at__lt=edge),
        MassAct.objects.filter(at__lt=edge))
    with transaction.atomic():
        count = sum(rows.delete()[0] for rows in over)
        if count:
            write(actor, "retention.forgotten", "traces", {"rows": count}, now)
    return count


def _forget_messages(actor: Actor, now: datetime) -> int:
    with transaction.atomic():
        ids = list(messages_over(now).order_by("id").values_list("id", flat=True)[:CHUNK])
        if ids:
            Message.objects.filter(id__in=ids).delete()
            write(actor, "retention.forgotten", "messages", {"messages": len(ids)}, now)
    return len(ids)


def _forget_cases(actor: Actor, now: datetime) -> int:
    with transaction.atomic():
        cases = list(cases_over(now).order_by("id")[:CHUNK])
        if cases:
            ids = [c.pk for c in cases]
            # From the leaves up: what is decided in a case protects it against being deleted by accident.
            for model in (Notice, Saying, Incident, Letter, Measure, Deadline, CaseFinding):
                model.objects.filter(case__in=ids).delete()
            Case.objects.filter(id__in=ids).delete()
            for case in cases:
                evidence.release(f"case:{case.ref}")
            write(actor, "retention.forgotten", "cases", {"cases": len(ids)}, now)
    return len(cases)
