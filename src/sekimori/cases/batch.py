"""File a batch of certain, new answers with their cases in a handful of statements; everything else goes one by one (store.file)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.db import connection
from django.db.models import Count, F

from sekimori.attribution.models import Attribution
from sekimori.cases import retention
from sekimori.cases.models import Case, CaseFinding, Deadline, Event
from sekimori.cases.store import BY, CERTAIN, policy_path, sealed
from sekimori.reports import track
from sekimori.reports.models import Finding
from sekimori.values.clock import micros
from sekimori.values.ids import reference
from sekimori.work.columns import DUE

Pair = tuple[int, str]


def sort(rows: Sequence[Attribution]) -> tuple[set[int], set[int]]:
    """Return the ids of (answers to file at once, answers that belong in no case). The rest is for `store.file`.

    At once: certain, unsealed, and the only answer that its finding ever had.
    """
    findings = Counter(r.finding_id for r in rows)
    filed = set(CaseFinding.objects.filter(finding__in=list(findings)).values_list("finding_id", flat=True))
    alone = [r for r in rows if findings[r.finding_id] == 1 and r.finding_id not in filed]
    at_once = {r.pk for r in alone if r.certainty in CERTAIN and r.contract_id is not None and not sealed(r.finding.category, r.finding.type)}
    return at_once, {r.pk for r in alone} - at_once


def file_all(rows: Sequence[tuple[Attribution, str]], now: datetime) -> None:
    """File answers that `sort` named, each with its source, inside the caller's transaction. Repeatable after a rollback.

    The same rows as `store.file` for each; a case is woken once.
    """
    if not rows:
        return
    cases = open_cases([r for r, _ in rows], now)
    where = [(r, source, cases[_pair(r)]) for r, source in rows]
    CaseFinding.objects.bulk_create([CaseFinding(case=c, finding=r.finding, attribution=r, source=s, added_at=now) for r, s, c in where], ignore_conflicts=True)
    # Our own log says the same: the reporter was right.
    track.confirm_all([r.finding for r, _, _ in where if r.own_log and r.finding.report.authenticity == "pass"])
    bodies: dict[str, set[str]] = defaultdict(set)
    for r, _, c in where:
        bodies[c.ref].add(r.finding.report.message.sha256)
    retention.keep_all(bodies)
    _spans(where)
    Event.objects.bulk_create([Event(case=c, at=now, act="finding.filed", actor=str(BY), detail={"finding": r.finding_id, "certainty": r.certainty, "how": r.how})
                               for r, _, c in where])
    _wake({(c.pk, _lane(r.finding)) for r, _, c in where}, now)


def open_cases(rows: Sequence[Attribution], now: datetime) -> dict[Pair, Case]:
    """Return the open case of each contract and policy, made where there is none (two workers make one)."""
    first: dict[Pair, Attribution] = {}
    for r in rows:
        first.setdefault(_pair(r), r)
    found = _open(first)
    # Sorted keys: two workers never wait for each other in a circle.
    fresh = {pair: Case(ref=reference("K"), contract_id=pair[0], policy=pair[1], category=f"{first[pair].finding.category}/{first[pair].finding.type}", opened_at=now)
             for pair in sorted(first.keys() - found.keys())}
    if fresh:
        Case.objects.bulk_create(fresh.values(), ignore_conflicts=True)
        found = _open(first)
        Event.objects.bulk_create([Event(case=found[p], at=now, act="case.opened", actor=str(BY), detail={"category": c.category})
                                   for p, c in fresh.items() if found[p].ref == c.ref])
    return found


def _pair(row: Attribution) -> Pair:
    assert row.contract_id is not None
    return row.contract_id, policy_path(row.finding.category, row.finding.type)


def _open(pairs: dict[Pair, Attribution]) -> dict[Pair, Case]:
    among = Case.objects.filter(contract__in={c for c, _ in pairs}, closed_at__isnull=True)
    return {(c.contract_id, c.policy): c for c in among if (c.contract_id, c.policy) in pairs}


def _spans(where: Sequence[tuple[Attribution, str, Case]]) -> None:
    """Bring number and times of the cases' findings up to date."""
    cases = {c.pk: c for _, _, c in where}
    counts = dict(CaseFinding.objects.filter(case__in=list(cases)).values_list("case").annotate(Count("id")))
    for r, _, c in where:
        time = r.finding.time or r.finding.report.received_at
        c.first_event = min(filter(None, (c.first_event, time)), default=time)
        c.last_event = max(filter(None, (c.last_event, r.finding.last_time or time)), default=time)
        c.findings_count = counts.get(c.pk, 0)
    stored = connection.ops.adapt_datetimefield_value
    with connection.cursor() as cursor:  # the ORM's bulk_update costs as much as all the rest of the batch
        cursor.executemany("UPDATE cases_case SET findings_count = %s, first_event = %s, last_event = %s WHERE id = %s",
                           [(cases[pk].findings_count, stored(cases[pk].first_event), stored(cases[pk].last_event), pk) for pk in sorted(cases)])


def _lane(finding: Finding) -> int:
    """Return the lane of the look that a finding calls for: that of its source (see settling.py); our own sensor never waits."""
    return 0 if finding.report.format == "own_sensor" else finding.lane


def _wake(looks: set[tuple[int, int]], now: datetime) -> None:
    """Have each (case, lane) looked at once: a look that is due already and that nobody has begun will see the new findings too.

    The update locks such a look until our COMMIT, so that nobody begins it before the findings are there.
    """
    at = micros(now)
    waiting = Deadline.objects.filter(case__in={c for c, _ in looks}, kind="findings", work=DUE, lease__isnull=True, due_at__lte=at)
    rows = {row: (case, lane) for row, case, lane in waiting.values_list("id", "case_id", "lane") if (case, lane) in looks}
    seen = set(rows.values())
    if rows and waiting.filter(id__in=rows).update(due_at=F("due_at")) < len(rows):
        seen = set()  # somebody began one in between: woken once too often does no harm
    Deadline.objects.bulk_create([Deadline(case_id=case, kind="findings", lane=lane, due_at=at) for case, lane in sorted(looks - seen)])
