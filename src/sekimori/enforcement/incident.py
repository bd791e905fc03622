"""A notice was wrong: one act recalls it, apologises, undoes, freezes what named the contract, finds the siblings, and drafts
the report to the ministry (電気通信事業法 28条: a leak of the secrecy of communications is reported without delay).

Frozen is what the proofs name, no more: a rule, one device of a feed, a relay, for the time in question. `preview` says
before the click what would be frozen and how many cases rest on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from sekimori.attribution.origins import Part, parts
from sekimori.cases import frozen
from sekimori.cases.events import record
from sekimori.cases.models import Case, CaseFinding, Freeze
from sekimori.cases.wake import wake
from sekimori.contracts.models import Contract
from sekimori.enforcement import carry_out, letters, measures
from sekimori.enforcement.models import Delivery, Incident, Letter, Measure
from sekimori.ledger.service import write
from sekimori.values.actors import Actor
from sekimori.values.clock import jst
from sekimori.values.ids import reference
from sekimori.values.outcomes import Refused
from sekimori.work.columns import DONE, DUE, HELD


@dataclass(frozen=True, slots=True)
class Preview:
    """What declaring an incident in a case would freeze, and on whom it would fall."""

    parts: tuple[Part, ...]
    siblings: tuple[str, ...]
    """References of the other open cases that rest on the same parts."""

    @property
    def wide(self) -> bool:
        """Whether a whole feed or way of attribution would be frozen, because the proofs name nothing narrower."""
        return any(p.wide for p in self.parts)


def preview(case: Case) -> Preview:
    """Return what `declare` would do in this case. Reads only; the cost grows with the number of open cases."""
    named = tuple({p.source: p for p in _named(case)}.values())
    return Preview(named, tuple(siblings(case, frozen.of(_named(case)))))


def declare(officer: str, contract: Contract, now: datetime) -> Incident:
    """Declare the newest notice to a contract wrong. Raises Refused: `no_notice`."""
    by = Actor("officer", officer)
    delivery = Delivery.objects.filter(
        letter__case__contract=contract, recalled_at__isnull=True).exclude(letter__kind="apology").select_related(
        "letter__case__contract", "letter__measure").order_by("-sent_at", "-id").first()
    if delivery is None:
        raise Refused("no_notice", "no notice was sent to this contract")
    case = delivery.letter.case
    running = list(Measure.objects.filter(case=case, state__in=measures.IN_FORCE, rehearsal=False).select_related("case__contract"))
    undone = {m.id: [] if m.step == "warn" else carry_out.undo(m) for m in running}
    with transaction.atomic():
        for measure in running:
            carry_out.release(measure, "incident", by, now, undone[measure.id])
        Measure.objects.filter(case=case, executed_at__isnull=False, decided_at__isnull=True, rehearsal=False).update(decided_at=now, end_reason="incident")
        for measure in Measure.objects.filter(case=case, state__in=measures.OPEN, rehearsal=False):
            measures.void(measure, "void", "incident", by, now, decided=True)
        Letter.objects.filter(case=case, work__in=(DUE, HELD), lease__isnull=True).update(work=DONE)
        recalled = _recall(case, now)
        ref = reference("I")
        wanted = frozen.of(_named(case))
        sources = sorted(wanted.spans)
        frozen.freeze(wanted, ref, officer, now)
        incident = Incident.objects.create(
            ref=ref, case=case, officer=officer, at=now, sources=sources, siblings=siblings(case, wanted),
            report_ja=draft(case, now, len(recalled), sources))
        CaseFinding.objects.filter(case=case, withdrawn_at__isnull=True).update(withdrawn_at=now)
        letters.ask(case, "apology", f"{incident.ref}:apology", now, detail={"incident": incident.ref, "recall": recalled})
        record(case, now, "incident.declared", by, {"incident": incident.ref, "recalled": recalled, "sources": sources})
        wake(case.id, "decision", now)
        write(by, "incident.declared", case.ref, {"incident": incident.ref, "recalled": recalled, "sources": sources}, now)
    return incident


def lift(officer: str, source: str, now: datetime) -> None:
    """Let a frozen part name contracts again, once it is mended. Raises Refused: `not_frozen`."""
    by = Actor("officer", officer)
    with transaction.atomic():
        if not Freeze.objects.filter(source=source, lifted_at__isnull=True).update(lifted_at=now, lifted_by=officer):
            raise Refused("not_frozen", source)
        write(by, "source.released", source, {}, now)


def _recall(case: Case, now: datetime) -> list[str]:
    wrong = Delivery.objects.filter(letter__case=case, recalled_at__isnull=True).exclude(letter__kind="apology")
    refs = list(wrong.order_by("id").values_list("notice", flat=True))
    wrong.update(recalled_at=now)
    return refs


def _named(case: Case) -> list[Part]:
    """Return the parts that named the contract in the case's findings, one entry for each finding and part."""
    entries = CaseFinding.objects.filter(case=case, withdrawn_at__isnull=True).select_related("attribution")
    return [p for e in entries for p in parts(e.attribution.how, e.attribution.proof)]


def siblings(case: Case, wanted: frozen.Frozen) -> list[str]:
    """Return the references of other open cases named by the same parts at the same time: somebody must look at each."""
    entries = CaseFinding.objects.filter(withdrawn_at__isnull=True, case__closed_at__isnull=True).exclude(case=case).select_related(
        "case", "attribution__finding__report")
    return sorted({e.case.ref for e in entries.iterator(chunk_size=1000)
                   if wanted.stops(e.attribution.how, e.attribution.proof, frozen.event_of(e.attribution))})


def draft(case: Case, now: datetime, notices: int, sources: list[str]) -> str:
    """Return the draft of the report to the ministry: facts only; an officer completes it."""
    named = "、".join(sources) or "（記録なし）"
    return (
        "電気通信事業法第28条に基づく報告（案）\n"
        f"1. 判明日時：{jst(now)}\n"
        f"2. 概要：案件 {case.ref} において、契約の特定に誤りがあり、関係のない契約者へ通知 {notices} 通を送付した可能性があります。\n"
        f"3. 特定に用いた情報源：{named}（本日、自動での利用を停止しました）\n"
        "4. 対応：通知の撤回とお詫び、措置の取消し、同じ情報源による案件の点検\n"
        "5. 原因・再発防止策：（調査の上で記入）\n")
