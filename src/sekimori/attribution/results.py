"""Write what was found: answers, review items, the findings' state. Inside the stage's finishing transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max

from sekimori.attribution.findings import group_of
from sekimori.attribution.models import Attribution, Forward
from sekimori.attribution.proof import build
from sekimori.attribution.types import Answer, Certainty
from sekimori.reports.models import Finding, Review
from sekimori.values.clock import micros

PERSON, NEVER = "person_needed", "no_policy"
NO_REVIEW = frozenset({Certainty.EXACT, Certainty.EXACT_OPEN, Certainty.DELEGATED})


@dataclass(frozen=True, slots=True)
class Found:
    """What a finding came to: an answer, or None where a person must decide first (`waits` says why)."""

    finding: Finding
    answer: Answer | None
    waits: str
    lane: str = "review"
    stolen: str = ""

    @property
    def word(self) -> str:
        """How the ledger counts it."""
        if self.answer is None:
            return self.waits
        return str(self.answer.certainty) if self.answer.ours else "not_ours"

    @property
    def state(self) -> str:
        """The finding's new state."""
        if self.answer is None:
            return "waiting"
        if not self.answer.ours:
            return "not_ours"
        return "attributed" if self.answer.certainty in NO_REVIEW else "waiting"


def write(found: Sequence[Found], now: datetime) -> None:
    """Store answers (due for the next stage), review items and states. Repeatable after a rollback."""
    ids = [f.finding.pk for f in found]
    last = dict(Attribution.objects.filter(finding__in=ids).values_list("finding").annotate(Max("revision")))
    made = Attribution.objects.bulk_create([_attribution(f, f.answer, last.get(f.finding.pk, 0) + 1, now) for f in found if f.answer is not None])
    Forward.objects.bulk_create([Forward(attribution=a, contact=a.proof["contact"][:254], lane=a.lane, due_at=a.due_at)
                                 for a in made if a.certainty == Certainty.DELEGATED and a.proof["contact"]])
    Review.objects.filter(finding__in=ids, closed_at=None, reason__in=(PERSON, *_reasons())).update(
        closed_at=now, closed_by="stage:attribution.find", outcome="answered_again")
    Review.objects.bulk_create([r for f in found if (r := _review(f, now)) is not None])
    states: dict[str, list[int]] = defaultdict(list)
    for f in found:
        states[f.state].append(f.finding.pk)
    for state, pks in states.items():
        Finding.objects.filter(pk__in=pks).update(state=state)


def _attribution(f: Found, answer: Answer, revision: int, now: datetime) -> Attribution:
    return Attribution(
        finding=f.finding, revision=revision, certainty=answer.certainty, contract_id=answer.contract, candidates=answer.candidates,
        how=answer.how[:24], why=answer.why[:40], ours=answer.ours, own_log=answer.own_log, stolen=bool(f.stolen),
        proof=build(answer) | {"contact": answer.contact, "query": answer.query, "stolen": f.stolen}, at=now, lane=f.finding.lane, due_at=micros(now))


def _review(f: Found, now: datetime) -> Review | None:
    if f.answer is None:
        reason, detail = f.waits, ""
    elif f.state == "waiting":
        reason = f"attribution_{f.answer.certainty}"
        detail = f"{f.answer.why} candidates={f.answer.candidates}"
    else:
        return None
    return Review(message=f.finding.report.message, finding=f.finding, group=group_of(f.finding), reason=reason, detail=detail, lane=f.lane, opened_at=now)


def _reasons() -> tuple[str, ...]:
    return tuple(f"attribution_{c}" for c in Certainty)
