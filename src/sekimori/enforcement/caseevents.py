"""Load the findings of cases as evidence: one query for all of them, values instead of rows.

A case of a large feed has hundreds of findings, and a look needs every one: rows of six joined tables as objects cost
170 µs a finding, these tuples 30.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sekimori.cases.models import CaseFinding
from sekimori.enforcement.ladder.facts import EventFact
from sekimori.enforcement.ladder.grades import grades
from sekimori.policy.types import Ladder
from sekimori.reports.models import Report, Track

JST_OFFSET = timedelta(hours=9)
ENOUGH = 5
"""Reports of a class after which its own record is taken instead of the record for all."""
CERTAIN = frozenset({"exact", "exact_open"})
FIELDS = (
    "case_id", "confirmed_by", "withdrawn_at", "attribution__certainty", "attribution__own_log", "finding__category", "finding__type",
    "finding__time", "finding__zone", "finding__has_original", "finding__login", "finding__report_id", "finding__report__received_at",
    "finding__report__format", "finding__report__authenticity", "finding__report__free_text", "finding__report__reporter_id",
    "finding__report__reporter__domain",
)


class Entry(NamedTuple):
    """The columns of FIELDS, in their order."""

    case: int
    confirmed_by: str
    withdrawn_at: datetime | None
    certainty: str
    own_log: bool
    category: str
    type: str
    time: datetime | None
    zone: str
    original: bool
    login: str
    report: int
    received: datetime
    format: str
    authenticity: str
    free_text: bool
    reporter: int | None
    domain: str | None


def events(cases: Iterable[int]) -> dict[int, tuple[EventFact, ...]]:
    """Return case id → its findings as evidence, in order of receipt; a case without findings is missing."""
    entries = [Entry(*row) for row in CaseFinding.objects.filter(case__in=list(cases)).order_by("id").values_list(*FIELDS)]
    tracks, triggers = _tracks(entries), _triggers(entries)
    found: dict[int, list[EventFact]] = defaultdict(list)
    for entry in entries:
        found[entry.case].append(event_fact(entry, tracks, triggers))
    return {case: tuple(facts) for case, facts in found.items()}


def of_case(case: int) -> tuple[EventFact, ...]:
    """Return the findings of one case as evidence, in order of receipt."""
    return events([case]).get(case, ())


def proving(case: int, rules: Ladder) -> frozenset[int]:
    """Return the ids of a case's findings that prove something (grades A to C): those that a statement of reasons counts."""
    ids = CaseFinding.objects.filter(case=case).order_by("id").values_list("id", flat=True)
    return frozenset(row for row, grade in zip(ids, grades(of_case(case), rules), strict=False) if grade != "D")


def event_fact(entry: Entry, tracks: Mapping[tuple[int, str], tuple[int, int]], triggers: Mapping[int, str]) -> EventFact:
    """Return one finding as evidence. `tracks`: (reporter, class) → (confirmed, refuted); `triggers`: report → what our sensor asks for."""
    own_sensor = entry.format == "own_sensor"
    confirmed, refuted = (0, 0) if entry.reporter is None else record_of(
        tracks.get((entry.reporter, entry.category), (0, 0)), tracks.get((entry.reporter, "*"), (0, 0)))
    return EventFact(
        category=f"{entry.category}/{entry.type}", time=event_time(entry.time, entry.zone, entry.received), received=entry.received,
        domain=entry.domain or "", authenticated=own_sensor or entry.authenticity == "pass", own=own_sensor or entry.own_log,
        original=entry.original, free_text=entry.free_text, confirmed=confirmed, refuted=refuted,
        exact=entry.certainty in CERTAIN and entry.withdrawn_at is None, read_by_officer=entry.confirmed_by != "",
        trigger=triggers.get(entry.report, "") if own_sensor else "", login=entry.login)


def record_of(in_class: tuple[int, int], for_all: tuple[int, int]) -> tuple[int, int]:
    """Return the track record (confirmed, refuted) that counts: that of the class once it says something, else the one for all."""
    said = sum(in_class)
    return in_class if said >= ENOUGH or said >= sum(for_all) else for_all


def event_time(time: datetime | None, zone: str, received: datetime) -> datetime:
    """Return when the event began. Digits without a zone are read as Japanese time; a log without a time as of its receipt."""
    if time is None:
        return received
    return time - JST_OFFSET if zone == "none" else time


def _tracks(entries: Sequence[Entry]) -> dict[tuple[int, str], tuple[int, int]]:
    reporters = {e.reporter for e in entries} - {None}
    rows = Track.objects.filter(reporter_id__in=reporters).values_list("reporter_id", "category", "confirmed", "refuted") if reporters else ()
    return {(reporter, category): (confirmed, refuted) for reporter, category, confirmed, refuted in rows}


def _triggers(entries: Sequence[Entry]) -> dict[int, str]:
    reports = {e.report for e in entries if e.format == "own_sensor"}
    rows = Report.objects.filter(id__in=reports).values_list("id", "detail") if reports else ()
    return {report: str(detail.get("trigger", "")) for report, detail in rows}
