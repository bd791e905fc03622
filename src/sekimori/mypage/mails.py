"""What went out with a mailbox's login, for its signed-in user only: from our submission log and the mails that reports enclose."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from sekimori.cases.models import Case, CaseFinding
from sekimori.contracts.models import Key
from sekimori.enforcement.measures import IN_FORCE
from sekimori.enforcement.models import Measure
from sekimori.evidence import store
from sekimori.evidence.body import Changed
from sekimori.ledger.service import read_protected
from sekimori.mailauth import organisational
from sekimori.mypage.originals import Original, enclosed
from sekimori.notices import causes, mailboxes
from sekimori.notices.card import Card, Fact, build
from sekimori.notices.models import Notice
from sekimori.reports.models import Report
from sekimori.settings import current
from sekimori.submissions.models import Submission
from sekimori.values.basis import Basis, Purpose
from sekimori.values.outcomes import Refused

LOG_ROWS = 200
REPORTS = 50
"""Reports whose mails are opened for one page."""
AROUND = timedelta(days=1)
"""The log is shown from a day before the first event of the case to a day after the last."""


@dataclass(frozen=True, slots=True)
class Concern:
    """A case as far as it concerns one mailbox; the holder was told of it."""

    case: Case
    card: Card
    cause: causes.Cause
    in_force: tuple[Measure, ...]
    entries: tuple[CaseFinding, ...]


@dataclass(frozen=True, slots=True)
class Sent:
    """One mail that went out: what our log says, what a report encloses, or both."""

    at: datetime | None
    recipients: int | None
    unknown: int
    country: str
    queue_id: str
    original: Original | None


def concerns(key: Key, language: str, now: datetime) -> list[Concern]:
    """Return the cases about a mailbox, newest first: only those of which a notice was sent, and only its own findings."""
    told = set(Notice.objects.filter(case__contract=key.contract, audience="member", sent_at__isnull=False).values_list("case_id", flat=True))
    found: dict[int, list[CaseFinding]] = {}
    for entry, login in mailboxes.entries(key.contract):
        if entry.case_id in told and _same(login, key, now) and _held(key, entry):
            found.setdefault(entry.case_id, []).append(entry)
    return [_concern(rows, key, language) for _, rows in sorted(found.items(), reverse=True)]


def _same(login: str, key: Key, now: datetime) -> bool:
    """Logs write a login in any case; where two logins differ by nothing else, only the exact one is meant."""
    return login == key.key or (login.casefold() == key.fold and mailboxes.find(login, now) == key)


def _held(key: Key, entry: CaseFinding) -> bool:
    """A login is given to somebody else in time: what was before is the former user's."""
    at = entry.finding.time or entry.finding.report.received_at
    return (key.valid_from is None or key.valid_from <= at) and (key.valid_to is None or at < key.valid_to)


def _concern(rows: Sequence[CaseFinding], key: Key, language: str) -> Concern:
    case = rows[0].case
    card = build(case.category, (
        Fact(at=e.finding.time, count=max(1, e.finding.count), category=f"{e.finding.category}/{e.finding.type}", how=e.attribution.how,
             stolen=e.attribution.stolen, login=key.key, queue_id=e.finding.queue_id) for e in rows))
    force = Measure.objects.filter(case=case, state__in=IN_FORCE, rehearsal=False, target__iexact=key.key).exclude(step="warn").order_by("id")
    return Concern(case, card, causes.cause(card.cause, language), tuple(force), tuple(rows))


def sent(key: Key, concern: Concern, now: datetime) -> list[Sent]:
    """Return the mails of a case that went out with this login, newest first. The ledger has its row before anything is read."""
    bodies = list({e.finding.report.message.sha256: e for e in reversed(concern.entries)}.values())[:REPORTS]
    basis = Basis.SYNTHETIC if current().synthetic else Basis.CONSENT_CONTRACT
    digest = hashlib.sha256("\n".join([key.key, *(e.finding.report.message.sha256 for e in bodies)]).encode()).hexdigest()
    with transaction.atomic():
        read_protected(mailboxes.actor(key), Purpose(f"case:{concern.case.ref}", basis), "mailbox.mails", len(bodies) + 1, digest, now)
    originals = _originals(concern.entries, bodies)
    out, matched = [], set()
    for row in _log(key, concern):
        original = originals.get(row.message_id) if row.message_id else None
        matched.add(row.message_id)
        out.append(Sent(row.time, row.recipients, row.unknown_users, row.country, row.queue_id, original))
    times = {e.finding.message_id: e.finding.time for e in concern.entries}
    out += [Sent(times.get(mid), None, 0, "", "", o) for mid, o in originals.items() if mid not in matched]
    return sorted(out, key=lambda s: (s.at is not None, s.at.timestamp() if s.at else 0.0), reverse=True)


def _log(key: Key, concern: Concern) -> list[Submission]:
    if concern.card.first is None or concern.card.last is None:
        return []
    lo, hi = concern.card.first - AROUND, concern.card.last + AROUND
    lo = max(lo, key.valid_from) if key.valid_from else lo
    rows = Submission.objects.filter(login=key.key, time__gte=lo, time__lte=hi)
    return list((rows.filter(time__lt=key.valid_to) if key.valid_to else rows).order_by("-time")[:LOG_ROWS])


def _originals(entries: Sequence[CaseFinding], bodies: Sequence[CaseFinding]) -> dict[str, Original]:
    """Return message id → mail. Only mails whose id the attribution followed to this login; a report may enclose others."""
    mine = {e.finding.message_id for e in entries if e.finding.message_id}
    out: dict[str, Original] = {}
    for entry in bodies:
        report = entry.finding.report
        try:
            raw = store.get(report.message.sha256)
        except (store.Missing, Changed, Refused):
            continue
        for original in enclosed(raw, _reporter(report)):
            if original.message_id in mine:
                out.setdefault(original.message_id, original)
    return out


def _reporter(report: Report) -> set[str]:
    """Return what could give a reporter away: addresses and domains, lower case."""
    addresses = {a.lower() for a in (report.message.mail_from, report.reply_to) if a}
    domains = {a.rpartition("@")[2] for a in addresses} | ({report.reporter.domain.lower()} if report.reporter else set())
    return addresses | {d for d in domains if d} | {organisational(d) for d in domains if d}
