"""Stage `notices.operators`: findings in delegated ranges are told to the operator who holds the range, redacted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sekimori.attribution.models import Forward
from sekimori.enforcement.switches import live_categories
from sekimori.evidence import store
from sekimori.mime import read
from sekimori.notices import operator, tokens
from sekimori.notices.letters import marked
from sekimori.notices.models import Notice
from sekimori.policy.calendar import add_business_days
from sekimori.reports.models import Finding
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
        held = [r.pk for r in rows if not guard.is_address(r.contact) or not (r.agreed_by or agreed(r.attribution.finding))]
        groups: dict[tuple[str, bool], list[Forward]] = defaultdict(list)
        for row in rows:
            if row.pk not in held:
                finding = row.attribution.finding
                groups[row.contact.lower(), live.get(f"{finding.category}/{finding.type}", False)].append(row)
        notices = [(_notice(contact, group, settings, ctx.now, rehearsal=not on), group) for (contact, on), group in groups.items()]

        def write() -> None:
            Notice.objects.bulk_create([n for n, _ in notices])
            for notice, group in notices:
                Forward.objects.filter(pk__in=[r.pk for r in group]).update(notice=notice.ref)

        return Prepared(write, act="notice.forwarded", subject=f"batch:{len(rows)}", held=held,
                        detail={"findings": len(rows) - len(held), "mails": len(notices), "held": len(held)})


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


def _notice(contact: str, rows: list[Forward], settings: Settings, now: datetime, *, rehearsal: bool) -> Notice:
    secret = tokens.key(settings)
    language = settings.desk.language
    us = operator.Us(settings.provider.name_ja if language == "ja" else settings.provider.name_en, settings.abuse_address, settings.provider.domains[0])
    events = [_event(r.attribution.finding) for r in rows]
    ref = reference("N")
    attachment = operator.xarf(events, us, secret)
    folder = settings.data / "notices"
    subject, body, version = operator.render(events, us, ref, add_business_days(now, DAYS), language, attached=bool(attachment),
                                             folder=folder if folder.is_dir() else None)
    return Notice(
        ref=ref, audience="operator", to=contact, channel="mail", state="rehearsal" if rehearsal else "written", template="forward",
        template_version=version, language=language, subject=subject, body=marked(ref, body), attachment=attachment,
        message_id=f"{ref.lower()}@{settings.provider.domains[0]}", reply_token=token_hash(tokens.reply_token(secret, ref)), written_at=now,
        work=DONE if rehearsal else DUE, due_at=micros(now))


def _event(f: Finding) -> operator.Event:
    return operator.Event(key=f.event_key, at=f.time, zoned=f.zone != "none", address=f.source_ip, port=f.source_port, proto=f.proto,
                          category=f.category, type=f.type, count=f.count)
