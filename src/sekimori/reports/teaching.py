"""Officers teach: a correction becomes rules for its proven sender, and the corrected report stays as a test of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from sekimori.evidence import store as evidence
from sekimori.evidence.body import Changed
from sekimori.ledger.service import write
from sekimori.reports import reading
from sekimori.reports.contract import Context, Item
from sekimori.reports.models import Finding, Report, SenderRule
from sekimori.reports.prose.learned import Rule, learn
from sekimori.reports.prose.reader import texts
from sekimori.values.actors import Actor
from sekimori.values.outcomes import Refused

CHECKED = 500
"""Corrected reports that are read again at most, the newest."""
MAILBOXES = frozenset(("gmail.com", "googlemail.com", "yahoo.com", "yahoo.co.jp", "outlook.com", "outlook.jp", "hotmail.com", "hotmail.co.jp", "live.com", "live.jp", "icloud.com",
                       "me.com", "docomo.ne.jp", "ezweb.ne.jp", "au.com", "softbank.ne.jp", "i.softbank.jp", "nifty.com", "ocn.ne.jp", "biglobe.ne.jp", "aol.com", "gmx.de", "web.de",
                       "gmx.net", "proton.me", "protonmail.com", "qq.com", "163.com", "naver.com", "mail.ru", "yandex.ru"))
"""Providers whose users write each in their own way: a rule from one of them must not read another's letter."""


def active() -> dict[str, tuple[Rule, ...]]:
    """Return the rules that are switched on, by proven organisational domain: one statement per batch."""
    out: dict[str, tuple[Rule, ...]] = {}
    for domain, field, label in SenderRule.objects.filter(active=True).order_by("id").values_list("domain", "field", "label"):
        out[domain] = (*out.get(domain, ()), Rule(field, label))
    return out


def switch(rule: int, officer: str, now: datetime, *, on: bool) -> None:
    """Switch a rule on or off. Raises Refused `rule` where there is none."""
    with transaction.atomic():
        if not SenderRule.objects.filter(pk=rule).update(active=on):
            raise Refused("rule")
        write(Actor("officer", officer), "rule.on" if on else "rule.off", f"rule:{rule}", {}, now)


def teach(report: Report, ip: str, at: datetime, officer: str, now: datetime) -> int:
    """Learn from an officer's reading of a report; returns how many rules are new. Inside the caller's transaction.

    Nothing is learned about unproven senders (anybody could teach in their name) or from structured formats.
    """
    if report.reporter is None or report.authenticity != "pass" or not report.free_text or report.reporter.domain in MAILBOXES:
        return 0
    try:
        body = texts(Item(evidence.get(report.message.sha256)))
    except (evidence.Missing, Changed, Refused):
        return 0
    before = SenderRule.objects.filter(domain=report.reporter.domain).count()
    SenderRule.objects.bulk_create(
        [SenderRule(domain=report.reporter.domain, field=r.field, label=r.label[:40], learned_from=report, officer=officer[:120], at=now) for r in learn(body, ip, at)],
        ignore_conflicts=True)
    return SenderRule.objects.filter(domain=report.reporter.domain).count() - before


@dataclass(frozen=True, slots=True)
class Check:
    """A corrected report read again: what the officer read, what the machine reads now, and whether they agree."""

    report: int
    domain: str
    officer: str
    machine: tuple[str, ...]

    @property
    def agrees(self) -> bool:
        """Whether the machine names the officer's address, or nobody. Another address is a fault."""
        return not self.machine or self.officer in self.machine

    @property
    def learned(self) -> bool:
        """Whether the machine would now read it by itself."""
        return self.officer in self.machine


def check() -> Iterator[Check]:
    """Read the reports that taught something again, with the rules of today: the regression test of the rules."""
    rules = active()
    taught = Report.objects.filter(taught__isnull=False).distinct().select_related("message", "reporter").order_by("-id")[:CHECKED]
    for report in taught:
        by_officer = [f.source_ip for f in Finding.objects.filter(report=report).order_by("-id") if any("by" in s for s in f.spans)]
        try:
            item = Item(evidence.get(report.message.sha256))
        except (evidence.Missing, Changed, Refused):
            continue
        domain = report.reporter.domain if report.reporter is not None else ""
        out = reading.answer(item, Context(report.message.received_at, learned=rules.get(domain, ())))
        for address in by_officer[:1]:
            yield Check(report.pk, domain, address, tuple(x.source_ip for x in out.findings if x.source_ip))
