"""The evidence card of a case: what a member is shown. Built from rows; it has no field that could name a reporter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sekimori.cases.models import Case, CaseFinding
from sekimori.enforcement import caseevents
from sekimori.notices import causes
from sekimori.policy import ladder
from sekimori.values.clock import JST

HOURS_SHOWN = 24
"""The hours with most events: a letter stays one page."""
SAMPLES_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Hour:
    """Events in one hour of JST, beginning at `start` (aware)."""

    start: datetime
    count: int


@dataclass(frozen=True, slots=True)
class Sample:
    """One event as our own records know it. `address` is the member's own address then; `queue_id` our server's."""

    at: datetime
    address: str
    port: int | None
    proto: str
    queue_id: str


@dataclass(frozen=True, slots=True)
class Card:
    """What happened, in figures. `subjects` are the mailboxes or lines concerned; `hows` the ways of attribution."""

    category: str
    cause: str
    count: int
    first: datetime | None
    last: datetime | None
    hours: tuple[Hour, ...]
    hours_left_out: int
    mailboxes: tuple[str, ...]
    addresses: tuple[str, ...]
    hows: tuple[str, ...]
    samples: tuple[Sample, ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """One finding as the card counts it."""

    at: datetime | None
    count: int
    category: str
    how: str
    stolen: bool
    address: str = ""
    port: int | None = None
    proto: str = ""
    login: str = ""
    queue_id: str = ""


def build(category: str, facts: Iterable[Fact]) -> Card:
    """Return the card of the given findings. Pure; findings without a known instant are counted, not dated."""
    rows = list(facts)
    dated = sorted((f for f in rows if f.at is not None), key=lambda f: (f.at, f.address))
    per_hour: Counter[datetime] = Counter()
    for f in dated:
        assert f.at is not None
        per_hour[_hour(f.at)] += f.count
    shown = sorted(h for h, _ in per_hour.most_common(HOURS_SHOWN))
    hows = Counter(f.how for f in rows)
    how = hows.most_common(1)[0][0] if hows else ""
    stolen = any(f.stolen for f in rows)
    return Card(
        category=category,
        cause=causes.choose(category, how, stolen=stolen),
        count=sum(f.count for f in rows),
        first=dated[0].at if dated else None,
        last=dated[-1].at if dated else None,
        hours=tuple(Hour(h, per_hour[h]) for h in shown),
        hours_left_out=len(per_hour) - len(shown),
        mailboxes=_distinct(f.login for f in rows),
        addresses=_distinct(f.address for f in rows if not f.login),
        hows=tuple(h for h, _ in hows.most_common() if h),
        samples=tuple(Sample(f.at, f.address if not f.login else "", f.port if not f.login else None, f.proto, f.queue_id)
                      for f in _spread(dated) if f.at is not None),
    )


def of_case(case: Case, *, since: datetime | None = None) -> Card:
    """Read a case's findings (withdrawn ones left out; from `since` on, if given) and build its card.

    Only those that prove something are on it, as in the statement of reasons: what anybody could have forged tells a member
    nothing. A case in which none does (they were withdrawn since) shows what it has.
    The rows are those of the case itself: whoever calls this acts for the case (a letter, its officer, its member).
    """
    entries = CaseFinding.objects.filter(case=case, withdrawn_at__isnull=True)
    if since is not None:
        entries = entries.filter(finding__time__gte=since)
    proof = caseevents.proving(case.pk, ladder())
    rows = entries.values_list(
        "id", "finding__time", "finding__count", "finding__category", "finding__type", "finding__source_ip", "finding__source_port",
        "finding__proto", "finding__login", "finding__queue_id", "attribution__how", "attribution__stolen", "attribution__proof")
    return build(case.category, (
        Fact(at=at, count=max(count, 1), category=f"{category}/{type_}", how=how, stolen=stolen, address=ip, port=port,
             proto=proto, login=login or login_of(trail, how), queue_id=queue_id)
        for row, at, count, category, type_, ip, port, proto, login, queue_id, how, stolen, trail in rows.iterator(chunk_size=2000)
        if not proof or row in proof))


def login_of(proof: object, how: str) -> str:
    """Return the mailbox that the proof of attribution ends at, or "" for a line (see attribution.proof)."""
    if how not in causes.BY_MAILBOX or not isinstance(proof, dict):
        return ""
    for reading in proof.get("readings", ()):
        for trail in reading.get("verdict", {}).get("trails", ()):
            kind, _, login = str(trail.get("holder", "")).partition(":")
            if kind == "login":
                return login
    return ""


def _hour(instant: datetime) -> datetime:
    return instant.astimezone(JST).replace(minute=0, second=0, microsecond=0)


def _distinct(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(v for v in values if v))[:10]


def _spread(dated: Collection[Fact]) -> list[Fact]:
    """Return at most five events: the first, the last, and some between them."""
    rows = list(dated)
    if len(rows) <= SAMPLES_SHOWN:
        return rows
    step = (len(rows) - 1) / (SAMPLES_SHOWN - 1)
    return [rows[round(i * step)] for i in range(SAMPLES_SHOWN)]


