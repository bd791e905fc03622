"""Stage `notices.operators`: findings in delegated ranges are told to the operator who holds the range, redacted."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from sekimori.attribution.models import Forward
from sekimori.enforcement.switches import live_categories
from sekimori.evidence import store
from sekimori.mime import read
from sekimori.notices import operator, tokens
from sekimori.notices.letters import marked
from sekimori.notices.models import Notice, Reply
from sekimori.policy.calendar import add_business_days
from sekimori.reports.models import Finding, Review
from sekimori.settings import Settings, current
from sekimori.smtp import guard
from sekimori.values.clock import micros
from sekimori.values.ids import reference, token_hash
from sekimori.work.columns import DONE, DUE
from sekimori.work.stage import Context, Prepared

DAYS = 5
"""Business days in which we ask the operator to act."""


class OperatorStage:
    """One mail to each operator for a batch. Without the reporter's consent to pass it on, a row waits for an officer."""

    name = "notices.operators"
    model = Forward
    where = ""
    acts_on_persons = True

    def work(self, ids: Sequence[int], ctx: Context) -> Prepared:
        """Group by operator; write the notices."""
        settings = current()
        live = live_categories()
        rows = list(Forward.objects.filter(id__in=ids).select_related(
            "attribution__finding__report__reporter", "attribution__finding__report__message").order_by("due_at", "id"))
        told = [r for r in rows if r.notice]
        silent = _silent(told)
        held = [r.pk for r in rows if not r.notice and not (guard.is_address(r.contact) and (r.agreed_by or agreed(r.attribution.finding)))]
        groups: dict[tuple[str, bool, bool], list[Forward]] = defaultdict(list)
        for row in rows:
            if row.pk not in held and (not row.notice or (row in silent and row.reminded_at is None)):
                finding = row.attribution.finding
                groups[row.contact.lower(), live.get(f"{finding.category}/{finding.type}", False), bool(row.notice)].append(row)
        notices = [(_notice(contact, group, settings, ctx.now, rehearsal=not on, reminder=again), group) for (contact, on, again), group in groups.items()]
        # Looked at again on the day after the deadline; a rehearsal has none.
        after = add_business_days(ctx.now, DAYS) + timedelta(days=1)
        later = {r.pk: after for n, group in notices if n.state == "written" for r in group}
        given_up = [r for r in silent if r.reminded_at is not None]

        def write() -> None:
            Notice.objects.bulk_create([n for n, _ in notices])
            for notice, group in notices:
                again = {"reminded_at": ctx.now} if group[0].notice else {}
                Forward.objects.filter(pk__in=[r.pk for r in group]).update(notice=notice.ref, **again)
            _ask(given_up, ctx.now)

        return Prepared(write, act="notice.forwarded", subject=f"batch:{len(rows)}", held=held, later=later,
                        detail={"findings": len(rows) - len(held), "mails": len(notices), "held": len(held), "reminders": sum(again for _, _, again in groups),
                                "silent": len(given_up)})


def _silent(told: Sequence[Forward]) -> list[Forward]:
    """Return the rows whose operator has answered nothing since it was told of them."""
    written = dict(Notice.objects.filter(ref__in={r.notice for r in told}).values_list("ref", "written_at"))
    answers: dict[str, datetime] = {}
    for to, at in Reply.objects.filter(notice__audience="operator", notice__to__in={r.contact.lower() for r in told}, message__auto="").values_list("notice__to", "at"):
        answers[to] = max(at, answers.get(to, at))
    return [r for r in told if r.contact.lower() not in answers or answers[r.contact.lower()] < written.get(r.notice, answers[r.contact.lower()])]


def _ask(rows: Sequence[Forward], now: datetime) -> None:
    """Put operators that stayed silent after the reminder before a person: one item an operator."""
    for contact in sorted({r.contact.lower() for r in rows}):
        group = hashlib.sha256(f"operator:{contact}".encode()).hexdigest()
        finding = next(r for r in rows if r.contact.lower() == contact).attribution.finding
        if not Review.objects.filter(group=group, closed_at__isnull=True).exists():
            Review.objects.create(message=finding.report.message, finding=finding, group=group, reason="operator_silent", detail=contact, opened_at=now)


def agreed(finding: Finding) -> bool:
    """Tell whether the reporter agreed that the report may be passed on: standing consent, or ticked in the web form."""
    report = finding.report
    if report.reporter is not None and report.reporter.consent_forward:
        return True
    if report.message.door != "form":
        return False
    told = read(store.get(report.message.sha256)).headers.get("x-sekimori-form") or ""
    consents = next((p.strip().removeprefix("consents=") for p in told.split(";") if p.strip().startswith("consents=")), "")
    return "pass_operator" in consents.split(",")


def _notice(contact: str, rows: list[Forward], settings: Settings, now: datetime, *, rehearsal: bool, reminder: bool) -> Notice:
    secret = tokens.key(settings)
    language = settings.desk.language
    us = operator.Us(settings.provider.name_ja if language == "ja" else settings.provider.name_en, settings.abuse_address, settings.provider.domains[0])
    events = [_event(r.attribution.finding) for r in rows]
    ref = reference("N")
    attachment = operator.xarf(events, us, secret)
    folder = settings.data / "notices"
    subject, body, version = operator.render(events, us, ref, add_business_days(now, DAYS), language, attached=bool(attachment), reminder=reminder,
                                             folder=folder if folder.is_dir() else None)
    return Notice(
        ref=ref, audience="operator", to=contact, channel="mail", state="rehearsal" if rehearsal else "written", template="forward",
        template_version=version, language=language, subject=subject, body=marked(ref, body), attachment=attachment,
        message_id=f"{ref.lower()}@{settings.provider.domains[0]}", reply_token=token_hash(tokens.reply_token(secret, ref)), written_at=now,
        work=DONE if rehearsal else DUE, due_at=micros(now))


def _event(f: Finding) -> operator.Event:
    return operator.Event(key=f.event_key, at=f.time, zoned=f.zone != "none", address=f.source_ip, port=f.source_port, proto=f.proto,
                          category=f.category, type=f.type, count=f.count)
