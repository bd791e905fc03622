"""Stage `notices.answers`: answers to reporters, from what the reporter said and from nothing else.

Whether an address is ours is asked of the public prefixes only. No query here touches contracts, assignments, attributions, cases or measures (tests/notices/test_silence.py reads the
SQL): an answer cannot depend on who the member is, not even in its timing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sekimori.enforcement.models import Switch
from sekimori.network.rdap.bootstrap import shipped
from sekimori.network.rdap.cache import Contacts, contacts
from sekimori.notices import courtesy, elsewhere, reporter, tokens
from sekimori.notices.letters import marked
from sekimori.notices.models import Courtesy, Notice
from sekimori.reports.models import Answer
from sekimori.settings import Settings, current
from sekimori.values.clock import micros
from sekimori.values.ids import reference, token_hash
from sekimori.work import clockmark
from sekimori.work.columns import DONE, DUE, lane_of
from sekimori.work.stage import Context, Prepared

ASK_AGAIN, ASK_UNTIL = timedelta(minutes=1), timedelta(hours=1)


@dataclass(slots=True)
class _Planned:
    """One mail and the Answer rows that it answers."""

    sender: str
    rows: list[Answer]
    notice: Notice


class AnswerStage:
    """Writes receipts, what is missing, not ours, and closed: one mail a day to a sender, closed ones together."""

    name = "notices.answers"
    model = Answer
    where = ""

    @property
    def acts_on_persons(self) -> bool:
        """Waits while the clock is in doubt (nobody is told "closed" before its day); while the desk is halted it writes, and nothing is sent."""
        return clockmark.in_doubt()

    def work(self, ids: Sequence[int], ctx: Context) -> Prepared:
        """Plan the mails outside the transaction; who may get one is settled inside it (two workers, one answer)."""
        settings = current()
        secret = tokens.key(settings)
        rows = list(Answer.objects.filter(id__in=ids).select_related("report__message", "report__reporter").order_by("due_at", "id"))
        told = [r for r in rows if settings.desk.auto_answer and not refusal(r, settings)]
        rehearsal = not Switch.objects.filter(name__startswith="live:", on=True).exists()
        room = courtesy.PER_HOUR - Notice.objects.filter(
            audience="reporter", written_at__gt=ctx.now - timedelta(hours=1)).count()
        foreign = elsewhere.outside({r.report_id for r in told if r.kind in ("receipt", "missing")})
        taken = _taken([courtesy.sender_key(secret, r.to) for r in told], ctx.now)
        whose = _whose([foreign[r.report_id] for r in told if r.report_id in foreign and courtesy.sender_key(secret, r.to) not in taken], settings, ctx.now)
        planned = [_plan(group, settings, secret, ctx.now, rehearsal=rehearsal, foreign=foreign, whose=whose.known) for group in _groups(told)]
        # No time was left to ask whose it is: the answer is worth a minute's wait, not an hour's.
        later: dict[int, datetime] = {r.pk: ctx.now + ASK_AGAIN for r in told if whose.unasked.intersection(foreign.get(r.report_id, ()))
                                      and r.report.received_at > ctx.now - ASK_UNTIL}
        for plan in planned[max(room, 0):]:
            later |= {r.pk: ctx.now + timedelta(hours=1) for r in plan.rows}
        for plan in planned:
            # What was asked about once today is closed tomorrow; a second receipt on one day is not sent at all.
            if plan.sender in taken and plan.rows[0].kind == "closed":
                later |= {r.pk: courtesy.tomorrow(ctx.now) for r in plan.rows}
        going = [p for p in planned if p.rows[0].pk not in later]

        def write() -> None:
            day = courtesy.today(ctx.now)
            Notice.objects.bulk_create([p.notice for p in going if courtesy.take(p.sender, day)])
            whose.keep()

        return Prepared(write, act="notice.answered", subject=f"batch:{len(rows)}", later=later,
                        detail={"answers": len(rows), "mails": len(going), "postponed": len(later)})


def refusal(row: Answer, settings: Settings) -> str:
    """Return why a row gets no mail, or "" (see courtesy.refusal)."""
    report, message = row.report, row.report.message
    return courtesy.refusal(
        courtesy.Asker(to=row.to, authenticity=report.authenticity, auto=message.auto, mail_from=message.mail_from,
                       door=message.door, domain=report.reporter.domain if report.reporter is not None else ""),
        settings.provider.domains,
        (*settings.mail.abuse_localparts, settings.mail.noreply_localpart, settings.mail.explain_localpart))


def _whose(foreign: Sequence[list[str]], settings: Settings, now: datetime) -> Contacts:
    """Return abuse contacts of the foreign addresses that the answers may show."""
    shown = [ip for ips in foreign for ip in ips[:reporter.ADDRESSES_SHOWN]]
    ask = settings.rdap.enabled and not settings.synthetic
    return contacts(shown, now, shipped() if ask else None, settings.rdap.timeout_s)


def _groups(rows: Sequence[Answer]) -> list[list[Answer]]:
    """Put closed answers to one sender together; every other answer stands alone."""
    out: list[list[Answer]] = []
    closed: dict[tuple[str, str], list[Answer]] = {}
    for row in rows:
        if row.kind != "closed":
            out.append([row])
            continue
        key = (row.to.lower(), row.language)
        if key not in closed:
            closed[key] = []
            out.append(closed[key])
        closed[key].append(row)
    return out


def _plan(rows: list[Answer], settings: Settings, secret: bytes, now: datetime, *, rehearsal: bool, foreign: Mapping[int, list[str]],
          whose: Mapping[str, str]) -> _Planned:
    first = rows[0]
    kind = first.kind
    language = "ja" if first.language == "ja" else "en"
    ref = reference("N")
    provider = settings.provider.name_ja if language == "ja" else settings.provider.name_en
    items = [reporter.Item(r.report.received_at, r.report.report_id) for r in rows]
    detail: dict[str, Any] = first.detail if isinstance(first.detail, dict) else {}
    if kind != "closed" and first.report_id in foreign:
        # Not ours: whose it is helps more than a receipt, and asking for what is missing would be idle.
        kind = "not_ours"
        known = {a.get("ip"): a.get("contact", "") for a in detail.get("addresses", ()) if isinstance(a, dict)}
        detail = detail | {"addresses": [{"ip": ip, "contact": whose.get(ip) or known.get(ip, "")} for ip in foreign[first.report_id]]}
    facts = reporter.facts(provider, ref, language, items, detail)
    folder = settings.data / "notices"
    subject, body, version = reporter.render(facts, kind, language, folder=folder if folder.is_dir() else None)
    notice = Notice(
        ref=ref, audience="reporter", answers=[r.pk for r in rows], to=first.to, channel="mail",
        state="rehearsal" if rehearsal else "written", template=kind, template_version=version, language=language,
        subject=subject, body=marked(ref, body), message_id=f"{ref.lower()}@{settings.provider.domains[0]}",
        reply_token=token_hash(tokens.reply_token(secret, ref)), written_at=now, work=DONE if rehearsal else DUE,
        lane=lane_of(first.to.rpartition("@")[2].lower()), due_at=micros(now))
    return _Planned(courtesy.sender_key(secret, first.to), rows, notice)


def _taken(senders: Sequence[str], now: datetime) -> set[str]:
    return set(Courtesy.objects.filter(sender__in=senders, day=courtesy.today(now)).values_list("sender", flat=True))
