"""Ignore rules: what officers decided not to open cases for, for a while (research networks, own scanners, a broken feed).

A finding that a rule matches is kept and attributed, but filed in no case; the rule says how often that happened.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F

from sekimori.attribution.models import Attribution
from sekimori.cases.models import IgnoreRule
from sekimori.ledger.service import write
from sekimori.values.actors import Actor
from sekimori.values.addresses import Prefix, parse_address, parse_prefix
from sekimori.values.ids import reference
from sekimori.values.outcomes import Refused

LONGEST_DAYS = 366


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


def add(by: Actor, now: datetime, until: datetime, reason: str, *, prefix: str = "", reporter: str = "", category: str = "") -> IgnoreRule:
    """Add a rule. Raises Refused: `empty` (it would match everything), `prefix`, `expiry` (none, past, or beyond a year), `reason`."""
    if not (prefix or reporter):
        raise Refused("empty", "name a prefix or a reporter")
    try:
        stated = str(parse_prefix(prefix)) if prefix else ""
    except ValueError as e:
        raise Refused("prefix", str(e)) from e
    if until <= now or (until - now).days > LONGEST_DAYS:
        raise Refused("expiry", "a rule ends within a year")
    if not reason.strip():
        raise Refused("reason", "say why")
    with transaction.atomic():
        rule = IgnoreRule.objects.create(ref=reference("G"), prefix=stated, reporter=reporter.lower(), category=category, reason=reason[:2000],
                                         by=str(by), at=now, until=until)
        write(by, "ignore.added", rule.ref, {"prefix": stated, "reporter": reporter, "category": category}, now)
    return rule


def end(rule: IgnoreRule, by: Actor, now: datetime) -> None:
    """End a rule before its time. Raises Refused: `ended`."""
    with transaction.atomic():
        if not IgnoreRule.objects.filter(id=rule.id, ended_at__isnull=True).update(ended_at=now):
            raise Refused("ended", rule.ref)
        write(by, "ignore.ended", rule.ref, {"hits": rule.hits}, now)
