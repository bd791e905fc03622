"""The stage that finds the contract of each finding, or says why nobody can be named."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sekimori.attribution import findings as as_questions
from sekimori.attribution.ask import ask
from sekimori.attribution.knowledge import Stored
from sekimori.attribution.results import NEVER, PERSON, Found, write
from sekimori.attribution.rules import joined
from sekimori.attribution.service import record
from sekimori.attribution.stolen import suspicions
from sekimori.attribution.types import Answer, Question
from sekimori.attribution.waiting import Waiting
from sekimori.network.store import current as networks
from sekimori.policy import for_type
from sekimori.reports.models import Finding
from sekimori.values.actors import Actor
from sekimori.values.basis import Basis, Purpose
from sekimori.values.clock import micros
from sekimori.work.stage import Context, Prepared

BY = Actor("stage", "attribution.find")


class FindStage:
    """Take findings; where policy allows it without a person, look up who it was, the ledger entry first."""

    name = "attribution.find"
    model = Finding
    where = ""
    acts_on_persons = False

    def work(self, ids: Sequence[int], ctx: Context) -> Prepared:
        """Answer each finding; what waits for a person stays held, with a review item."""
        rows = list(Finding.objects.filter(id__in=ids).select_related("report__message", "report__reporter").order_by("id"))
        found, by_basis = sort(rows)
        for basis, chosen in sorted(by_basis.items()):
            found += look_up(chosen, BY, Basis(basis), ctx)
        waiting = Waiting(ctx.now)
        later = {f.finding.pk: at for f in found if f.answer is not None and (at := waiting.until(f.finding, f.answer)) is not None}
        found = [f for f in found if f.finding.pk not in later]
        detail: dict[str, Any] = {"findings": len(rows)} | ({"later": len(later)} if later else {})
        for f in found:
            detail[f.word] = detail.get(f.word, 0) + 1
        held = [f.finding.pk for f in found if f.answer is None]
        return Prepared(write=lambda: write(found, ctx.now), act="attribution.found", subject=self.name, detail=detail, held=held,
                        later=later)


def sort(rows: Sequence[Finding]) -> tuple[list[Found], dict[str, list[Finding]]]:
    """Return what needs no look-up (not ours, a person first, never), and the rest by the basis of its look-up.

    Whether an address is ours at all is no protected datum: it is told before anybody is asked to decide.
    """
    table, out = networks(), []
    by_basis: dict[str, list[Finding]] = defaultdict(list)
    for row in rows:
        policy = for_type(row.category, row.type)
        if policy is None or policy.lookup == "never":
            out.append(Found(row, None, NEVER, lane="sealed" if policy is not None and policy.sealed else "review"))
        elif policy.lookup == "auto":
            by_basis[policy.basis].append(row)
        elif _outside(row, table):
            by_basis[policy.basis].append(row)  # answered from the prefixes alone
        else:
            out.append(Found(row, None, PERSON, lane=lane_for(row)))
    return out, by_basis


def lane_for(row: Finding) -> str:
    """Return the review lane of a finding that a person must look at first."""
    if f"{row.category}/{row.type}" == "local/board_disruption":
        report = row.report
        verified = report.reporter is not None and report.reporter.board_site and report.authenticity == "pass"
        return "board" if verified else "review"
    return "dispute" if f"{row.category}/{row.type}" == "local/dispute" else "copyright" if row.category == "copyright" else "review"


def _outside(row: Finding, table: Any) -> bool:
    address = as_questions.address_of(row)
    if address is None or row.queue_id or row.message_id or row.login:
        return False
    first, _ = as_questions.windows_of(row, None)
    return bool(first) and not any(table.match(address, w.lo, w.hi).ours for w in first)


def look_up(rows: Sequence[Finding], who: Actor, basis: Basis, ctx: Context) -> list[Found]:
    """Look up findings on one basis, in one batch with one ledger entry, committed before the answers exist."""
    usual = as_questions.usual_offsets(r.report.reporter_id for r in rows if r.zone == "none" and r.report.reporter_id is not None)
    asked: list[Question] = []
    places: list[slice] = []
    for row in rows:
        questions = as_questions.questions_of(row, usual.get(row.report.reporter_id or 0), trust_login=row.report.format == "own_sensor")
        places.append(slice(len(asked), len(asked) + len(questions)))
        asked += questions
    reports = sorted({r.report_id for r in rows})
    reference = f"report:{reports[0]}" if len(reports) == 1 else f"reports:{reports[0]}-{reports[-1]}"
    record(who, Purpose(reference, basis), len(asked), hashlib.sha256(repr(asked).encode()).hexdigest(), ctx.now,
           [f"report:{n}" for n in reports])
    answers = ask(asked, Stored(micros(ctx.now)))
    settled = [_one(answers[p]) for p in places]
    doubts = suspicions((a.login, _at(r, a)) for r, a in zip(rows, settled, strict=True) if a.login)
    return [Found(r, a, "", stolen=doubts.get((a.login, _at(r, a)), "")) for r, a in zip(rows, settled, strict=True)]


def _one(answers: Sequence[Answer]) -> Answer:
    return answers[0] if len(answers) == 1 else joined(answers[0], answers[1])


def _at(row: Finding, answer: Answer) -> int:
    """When the login was used: as our own log states it, else as reported."""
    for _, v in answer.windows:
        for trail in v.trails:
            if trail.steps[0].kind == "submission":
                return int(trail.steps[0].detail.time)
    return micros(row.time or row.report.received_at)
