"""Rules, devices, relays and feeds that named a wrong contract: what they name waits for a person (enforcement.incident freezes them)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sekimori.attribution.findings import group_of
from sekimori.attribution.models import Attribution
from sekimori.attribution.origins import Part, parts
from sekimori.attribution.types import ALWAYS, NEVER
from sekimori.cases.models import Freeze
from sekimori.reports.models import Review
from sekimori.values.clock import from_micros, micros

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Frozen:
    """The freezes in force: for each source the event times (microseconds, ends included) that are in question."""

    spans: Mapping[str, Span]

    def stops(self, how: str, proof: Mapping[str, Any], event: Span) -> bool:
        """Tell whether any part of what named a contract is frozen for an event from `event[0]` to `event[1]`."""
        return bool(self.spans) and any(
            (span := self.spans.get(p.source)) is not None and span[0] <= event[1] and event[0] <= span[1] for p in parts(how, proof))


def in_force() -> Frozen:
    """Return the freezes that nobody has lifted."""
    rows = Freeze.objects.filter(lifted_at__isnull=True).values_list("source", "since", "until")
    return Frozen({s: (ALWAYS if lo is None else micros(lo), NEVER if hi is None else micros(hi)) for s, lo, hi in rows})


def of(found: Iterable[Part]) -> Frozen:
    """Return what freezing these parts would stop: the same part named twice is in question for both times."""
    spans: dict[str, Span] = {}
    for p in found:
        lo, hi = spans.get(p.source, (p.lo, p.hi))
        spans[p.source] = min(lo, p.lo), max(hi, p.hi)
    return Frozen(spans)


def freeze(wanted: Frozen, incident: str, officer: str, now: datetime) -> None:
    """Freeze sources for their times; a freeze in force is widened, never narrowed. Call inside a transaction."""
    standing = in_force().spans
    for source, (lo, hi) in sorted(wanted.spans.items()):
        before = standing.get(source)
        if before is not None:
            Freeze.objects.filter(source=source, lifted_at__isnull=True).update(since=_instant(min(lo, before[0])), until=_instant(max(hi, before[1])))
    Freeze.objects.bulk_create([Freeze(source=s, since=_instant(lo), until=_instant(hi), incident=incident, at=now, by=officer)
                                for s, (lo, hi) in sorted(wanted.spans.items())], ignore_conflicts=True)


def _instant(value: int) -> datetime | None:
    return None if value <= ALWAYS or value >= NEVER else from_micros(value)


def source_of(attribution: Attribution) -> str:
    """Return the first part that named the contract, as narrow as the proof tells it (`radius:bng-east/bng1`, `mape:rule 12`)."""
    return parts(attribution.how, attribution.proof)[0].source


def event_of(attribution: Attribution) -> Span:
    """Return when the act was, in microseconds; when it was reported where no time is known."""
    finding = attribution.finding
    first = finding.time or finding.report.received_at
    return micros(first), micros(max(first, finding.last_time or first))


def ask(attribution: Attribution, now: datetime) -> None:
    """Put a frozen answer on the review list: same address and category is one item."""
    finding = attribution.finding
    if not Review.objects.filter(finding=finding, reason="source_frozen", closed_at__isnull=True).exists():
        Review.objects.create(message=finding.report.message, finding=finding, group=group_of(finding), reason="source_frozen",
                              detail=source_of(attribution), opened_at=now)
