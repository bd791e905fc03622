"""Ignore rules: what officers decided not to open cases for, for a while (research networks, own scanners, a broken feed).

A finding that a rule matches is kept and attributed, but filed in no case; the rule says how often that happened.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.db.models import F

from sekimori.attribution.models import Attribution
from sekimori.cases.models import CaseFinding, IgnoreRule
from sekimori.ledger.service import write
from sekimori.reports.models import Finding
from sekimori.values.actors import Actor
from sekimori.values.addresses import Prefix, parse_address, parse_prefix
from sekimori.values.clock import JST
from sekimori.values.ids import reference
from sekimori.values.outcomes import Refused

LONGEST_DAYS = 366
MOST_LOOKED_AT = 100_000
"""Findings that a preview looks at, newest first: about two seconds."""
SAMPLE = 20


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule in force, ready to match."""

    ref: str
    prefix: Prefix | None
    reporter: str
    category: str

    def matches(self, source_ip: str, reporter: str, category: str) -> bool:
        """Tell whether a finding falls under the rule: every part that the rule states must fit. Pure."""
        if self.reporter and self.reporter != reporter:
            return False
        if self.category and category != self.category and category.split("/", maxsplit=1)[0] != self.category:
            return False
        if self.prefix is None:
            return True
        address = parse_address(source_ip) if source_ip else None
        return address is not None and address.version == self.prefix.version and address in self.prefix


def rules(now: datetime) -> list[Rule]:
    """Return the rules in force."""
    found = IgnoreRule.objects.filter(until__gt=now, ended_at__isnull=True).order_by("id")
    return [Rule(r.ref, parse_prefix(r.prefix) if r.prefix else None, r.reporter, r.category) for r in found]


def matched(attribution: Attribution, among: list[Rule]) -> str:
    """Return the reference of the first rule that an answer falls under, or "" ."""
    finding = attribution.finding
    reporter = finding.report.reporter.domain if finding.report.reporter is not None else ""
    return next((r.ref for r in among if r.matches(finding.source_ip, reporter, f"{finding.category}/{finding.type}")), "")


def count(ref: str) -> None:
    """Count one finding that a rule kept out of the cases, inside the caller's transaction."""
    IgnoreRule.objects.filter(ref=ref).update(hits=F("hits") + 1)


@dataclass(slots=True)
class Would:
    """What a rule would have kept out of the cases."""

    looked_at: int = 0
    whole: bool = True
    """False where there were more findings than a preview looks at."""
    findings: int = 0
    categories: Counter[str] = field(default_factory=Counter)
    days: Counter[date] = field(default_factory=Counter)
    """By day of receipt in Japan."""
    sample: list[int] = field(default_factory=list)
    """Ids of the newest ones."""
    cases: int = 0
    """Cases in which any of the sample stand."""


def would_match(rule: Rule, since: datetime) -> Would:
    """Return what a rule would have matched among the findings received since an instant. Writes nothing."""
    out = Would()
    rows = Finding.objects.filter(report__received_at__gte=since).order_by("-id")
    if rule.reporter:
        rows = rows.filter(report__reporter__domain=rule.reporter)
    if rule.category:
        category, _, kind = rule.category.partition("/")
        rows = rows.filter(category=category, **({"type": kind} if kind else {}))
    fields = ("id", "source_ip", "report__reporter__domain", "category", "type", "report__received_at")
    for pk, source_ip, domain, category, kind, received in rows.values_list(*fields)[:MOST_LOOKED_AT + 1].iterator(chunk_size=2000):
        if out.looked_at == MOST_LOOKED_AT:
            out.whole = False
            break
        out.looked_at += 1
        if rule.matches(source_ip, domain or "", f"{category}/{kind}"):
            out.findings += 1
            out.categories[f"{category}/{kind}"] += 1
            out.days[received.astimezone(JST).date()] += 1
            if len(out.sample) < SAMPLE:
                out.sample.append(pk)
    out.cases = CaseFinding.objects.filter(finding__in=out.sample).values("case").distinct().count()
    return out


def stated(prefix: str, reporter: str, category: str) -> Rule:
    """Return a rule as its parts state it. Raises Refused: `empty` (it would match everything), `prefix`."""
    if not (prefix or reporter):
        raise Refused("empty", "name a prefix or a reporter")
    try:
        return Rule("", parse_prefix(prefix) if prefix else None, reporter.lower(), category)
    except ValueError as e:
        raise Refused("prefix", str(e)) from e


def add(by: Actor, now: datetime, until: datetime, reason: str, *, prefix: str = "", reporter: str = "", category: str = "") -> IgnoreRule:
    """Add a rule. Raises Refused: `empty` (it would match everything), `prefix`, `expiry` (none, past, or beyond a year), `reason`."""
    rule = stated(prefix, reporter, category)
    written = str(rule.prefix) if rule.prefix is not None else ""
    if until <= now or (until - now).days > LONGEST_DAYS:
        raise Refused("expiry", "a rule ends within a year")
    if not reason.strip():
        raise Refused("reason", "say why")
    with transaction.atomic():
        row = IgnoreRule.objects.create(ref=reference("G"), prefix=written, reporter=rule.reporter, category=category, reason=reason[:2000],
                                        by=str(by), at=now, until=until)
        write(by, "ignore.added", row.ref, {"prefix": written, "reporter": rule.reporter, "category": category}, now)
    return row


def end(rule: IgnoreRule, by: Actor, now: datetime) -> None:
    """End a rule before its time. Raises Refused: `ended`."""
    with transaction.atomic():
        if not IgnoreRule.objects.filter(id=rule.id, ended_at__isnull=True).update(ended_at=now):
            raise Refused("ended", rule.ref)
        write(by, "ignore.ended", rule.ref, {"hits": rule.hits}, now)
