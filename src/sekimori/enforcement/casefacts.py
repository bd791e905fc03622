"""Load what the ladder must know about cases: rows in, values out. Nothing is decided here.

A handful of queries whatever the number of cases: a look at one costs as much as a look at a hundred would each cost apart.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sekimori.cases.models import Case
from sekimori.enforcement import caseevents
from sekimori.enforcement.ladder.facts import DeliveryFact, Facts, MeasureFact
from sekimori.enforcement.models import Approval, Delivery, Hold, Measure, Saying
from sekimori.enforcement.switches import halted, live_categories
from sekimori.policy import ladder, policy
from sekimori.policy.calendar import add_business_days
from sekimori.work.models import ClockMark

MEASURE_FIELDS = ("id", "case_id", "contract_id", "approved_at", "subject_hash", "step", "state", "path", "grade", "notified_at",
                  "executed_at", "ends_at", "reverted_at", "decided_at", "end_reason", "target")


@dataclass(frozen=True, slots=True)
class World:
    """What is the same for all cases of a batch: switches and the clock's state."""

    live: dict[str, bool]
    halted: bool
    doubt: bool


class Row(NamedTuple):
    """One measure: its row's bookkeeping and the ladder's view of it."""

    id: int
    case: int
    contract: int
    approved_at: datetime | None
    subject_hash: str
    fact: MeasureFact


def world() -> World:
    """Read the switches once for a batch."""
    return World(live_categories(), halted(), ClockMark.objects.exclude(doubt="").exists())


def load(case: Case, now: datetime, about: World) -> Facts:
    """Return the facts of one case at `now`."""
    return load_all([case], now, about)[case.pk]


def load_all(cases: Sequence[Case], now: datetime, about: World) -> dict[int, Facts]:
    """Return case id → its facts at `now`. `cases` come with their contracts."""
    ids, contracts = [c.pk for c in cases], {c.contract_id for c in cases}
    events, deliveries, approved = caseevents.events(ids), _deliveries(ids), _approvals(ids, now)
    measures = _measures(contracts)
    statements = _grouped(Saying.objects.filter(case__contract__in=contracts, kind="statement").values_list("case__contract_id", "at"))
    held = _grouped(Hold.objects.filter(contract__in=contracts, lifted_at__isnull=True).values_list("contract_id", "step"))
    rules, steps = policy(), ladder()
    found = {}
    for case in cases:
        of_contract = measures.get(case.contract_id, [])
        own = [m for m in of_contract if m.case == case.pk]
        found[case.pk] = Facts(
            now=now, path=case.policy, policy=rules, ladder=steps,
            events=events.get(case.pk, ()),
            measures=tuple(m.fact for m in own),
            suspensions=tuple(m.fact for m in of_contract if m.fact.step == "suspend_line"),
            informational=informational(of_contract, case.pk),
            deliveries=tuple(deliveries.get(case.pk, ())),
            statements=tuple(statements.get(case.contract_id, ())),
            held=frozenset(held.get(case.contract_id, ())),
            protected=case.contract.protected, consents=frozenset(case.contract.consents.split()),
            live=about.live, halted=about.halted, doubt=about.doubt,
            approvals={m.fact.step: approved[m.id, m.subject_hash] for m in own if m.fact.live})
    return found


def without_case(path: str, protected: str, consents: str, now: datetime, about: World) -> Facts:
    """Return the facts about a contract that no finding names with certainty."""
    return Facts(now=now, path=path, policy=policy(), ladder=ladder(), protected=protected,
                 consents=frozenset(consents.split()), live=about.live, halted=about.halted, doubt=about.doubt)


def informational(measures: Iterable[Row], case_id: int) -> datetime | None:
    """Return when the last warning at grade C went to this contract; one on its way in another case counts as sent."""
    sent = [m.fact.executed_at or m.approved_at for m in measures if m.fact.step == "warn" and m.fact.grade == "C"
            and (m.fact.executed_at is not None
                 or (m.case != case_id and m.approved_at is not None and m.fact.state in {"approved", "notified"}))]
    return max((s for s in sent if s is not None), default=None)


def _measures(contracts: Iterable[int]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = defaultdict(list)
    rows = Measure.objects.filter(contract__in=contracts, rehearsal=False).order_by("id").values_list(*MEASURE_FIELDS)
    for number, case, contract, approved, subject, step, state, path, grade, notified, executed, ends, reverted, decided, why, target in rows:
        found[contract].append(Row(number, case, contract, approved, subject, MeasureFact(
            step=step, state=state, path=path, grade=grade, sent_at=notified, executed_at=executed, ends_at=ends, reverted_at=reverted,
            decided_at=decided, end_reason=why, target=target)))
    return found


def _deliveries(cases: Sequence[int]) -> dict[int, list[DeliveryFact]]:
    arrived = Delivery.objects.filter(letter__case__in=cases, delivered_at__isnull=False, recalled_at__isnull=True, letter__rehearsal=False)
    return _grouped((case, DeliveryFact(kind, channel, at)) for case, kind, channel, at in
                    arrived.order_by("id").values_list("letter__case_id", "letter__kind", "channel", "delivered_at") if at is not None)


def _approvals(cases: Sequence[int], now: datetime) -> Counter[tuple[int, str]]:
    """Count (measure, subject hash) → valid approvals: bound to that subject, and not older than they may be."""
    days = ladder().approval_business_days
    given = Approval.objects.filter(measure__case__in=cases, verdict="approve", void=False).values_list("measure_id", "subject_hash", "at")
    return Counter((measure, subject) for measure, subject, at in given if now < add_business_days(at, days))


def _grouped(pairs: Iterable[tuple[int, Any]]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return found
