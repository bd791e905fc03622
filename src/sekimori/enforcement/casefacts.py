"""Load what the ladder must know about a case: rows in, values out. Nothing is decided here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sekimori.cases.models import Case, CaseFinding
from sekimori.enforcement.ladder.facts import DeliveryFact, EventFact, Facts, MeasureFact
from sekimori.enforcement.models import Delivery, Hold, Measure, Saying
from sekimori.enforcement.switches import halted, live_categories
from sekimori.policy import ladder, policy
from sekimori.policy.calendar import add_business_days
from sekimori.reports.models import Finding, Track
from sekimori.work.models import ClockMark

JST_OFFSET = timedelta(hours=9)
ENOUGH = 5
"""Reports of a class after which its own record is taken instead of the record for all."""
CERTAIN = frozenset({"exact", "exact_open"})


@dataclass(frozen=True, slots=True)
class World:
    """What is the same for all cases of a batch: switches and the clock's state."""

    live: dict[str, bool]
    halted: bool
    doubt: bool


def world() -> World:
    """Read the switches once for a batch."""
    return World(live_categories(), halted(), ClockMark.objects.exclude(doubt="").exists())


def load(case: Case, now: datetime, about: World) -> Facts:
    """Return the facts of one case at `now`."""
    contract = case.contract
    measures = list(Measure.objects.filter(contract=contract, rehearsal=False).order_by("id"))
    own = [m for m in measures if m.case_id == case.id]
    deliveries = Delivery.objects.filter(letter__case=case, delivered_at__isnull=False, recalled_at__isnull=True, letter__rehearsal=False)
    return Facts(
        now=now, path=case.policy, policy=policy(), ladder=ladder(),
        events=tuple(events(case)),
        measures=tuple(measure_fact(m) for m in own),
        suspensions=tuple(measure_fact(m) for m in measures if m.step == "suspend_line"),
        informational=informational(measures, case.id),
        deliveries=tuple(DeliveryFact(kind, channel, at) for kind, channel, at in
                         deliveries.values_list("letter__kind", "channel", "delivered_at") if at is not None),
        statements=tuple(Saying.objects.filter(case__contract=contract, kind="statement").values_list("at", flat=True)),
        held=frozenset(Hold.objects.filter(contract=contract, lifted_at__isnull=True).values_list("step", flat=True)),
        protected=contract.protected, consents=frozenset(contract.consents.split()),
        live=about.live, halted=about.halted, doubt=about.doubt,
        approvals=approvals(own, now))


def without_case(path: str, protected: str, consents: str, now: datetime, about: World) -> Facts:
    """Return the facts about a contract that no finding names with certainty."""
    return Facts(now=now, path=path, policy=policy(), ladder=ladder(), protected=protected,
                 consents=frozenset(consents.split()), live=about.live, halted=about.halted, doubt=about.doubt)


def events(case: Case) -> Iterable[EventFact]:
    """Return the case's findings as evidence, in order of receipt."""
    entries = list(CaseFinding.objects.filter(case=case).select_related("finding__report__reporter", "attribution").order_by("id"))
    tracks = _tracks(entries)
    for entry in entries:
        yield event_fact(entry, tracks)


def event_fact(entry: CaseFinding, tracks: dict[tuple[int, str], tuple[int, int]]) -> EventFact:
    """Return one finding as evidence."""
    finding, report = entry.finding, entry.finding.report
    own_sensor = report.format == "own_sensor"
    authenticated = own_sensor or report.authenticity == "pass"
    reporter = report.reporter_id
    confirmed, refuted = (0, 0) if reporter is None else record_of(
        tracks.get((reporter, finding.category), (0, 0)), tracks.get((reporter, "*"), (0, 0)))
    return EventFact(
        category=f"{finding.category}/{finding.type}", time=event_time(finding, report.received_at), received=report.received_at,
        domain=report.reporter.domain if report.reporter is not None else "", authenticated=authenticated,
        own=own_sensor or entry.attribution.own_log, original=finding.has_original, free_text=report.free_text,
        confirmed=confirmed, refuted=refuted,
        exact=entry.attribution.certainty in CERTAIN and entry.withdrawn_at is None,
        read_by_officer=entry.confirmed_by != "",
        trigger=str(report.detail.get("trigger", "")) if own_sensor else "", login=finding.login)


def record_of(in_class: tuple[int, int], for_all: tuple[int, int]) -> tuple[int, int]:
    """Return the track record (confirmed, refuted) that counts: that of the class once it says something, else the one for all."""
    said = sum(in_class)
    return in_class if said >= ENOUGH or said >= sum(for_all) else for_all


def event_time(finding: Finding, received: datetime) -> datetime:
    """Return when the event began. Digits without a zone are read as Japanese time; a log without a time as of its receipt."""
    if finding.time is None:
        return received
    return finding.time - JST_OFFSET if finding.zone == "none" else finding.time


def _tracks(entries: list[CaseFinding]) -> dict[tuple[int, str], tuple[int, int]]:
    reporters = {e.finding.report.reporter_id for e in entries} - {None}
    rows = Track.objects.filter(reporter_id__in=reporters).values_list("reporter_id", "category", "confirmed", "refuted")
    return {(reporter, category): (confirmed, refuted) for reporter, category, confirmed, refuted in rows}


def measure_fact(measure: Measure) -> MeasureFact:
    """Return a measure as the ladder sees it."""
    return MeasureFact(
        step=measure.step, state=measure.state, path=measure.path, grade=measure.grade, sent_at=measure.notified_at,
        executed_at=measure.executed_at, ends_at=measure.ends_at, reverted_at=measure.reverted_at,
        decided_at=measure.decided_at, end_reason=measure.end_reason, target=measure.target)


def informational(measures: Iterable[Measure], case_id: int) -> datetime | None:
    """Return when the last warning at grade C went to this contract; one on its way in another case counts as sent."""
    sent = [m.executed_at or m.approved_at for m in measures if m.step == "warn" and m.grade == "C"
            and (m.executed_at is not None or (m.case_id != case_id and m.approved_at is not None and m.state in {"approved", "notified"}))]
    return max((s for s in sent if s is not None), default=None)


def approvals(measures: Iterable[Measure], now: datetime) -> dict[str, int]:
    """Return step → valid approvals of its live measure: bound to the present subject, and not older than they may be."""
    days = ladder().approval_business_days
    return {
        m.step: sum(1 for a in m.approvals.all() if a.verdict == "approve" and not a.void and a.subject_hash == m.subject_hash
                    and now < add_business_days(a.at, days))
        for m in measures if m.state in {"proposed", "approved", "notified"}}
