"""The stage that reads reports: due messages of route `report` become reports, findings, review items and answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from django.db import transaction

from sekimori.evidence import store as evidence
from sekimori.evidence.body import Changed
from sekimori.intake.models import Message
from sekimori.mailauth import DnsResolver
from sekimori.network.store import current as networks
from sekimori.reports import duplicates, reading, rows, teaching
from sekimori.reports.contract import Context as ReadContext
from sekimori.reports.contract import FindingData, Item
from sekimori.reports.models import Answer, Finding, Report, Reporter, Review
from sekimori.reports.prose.learned import Rule
from sekimori.reports.sender import Quiet, Sender, judge_sender
from sekimori.settings import Settings
from sekimori.settings import current as settings
from sekimori.values.addresses import Address
from sekimori.values.clock import micros
from sekimori.values.outcomes import Refused
from sekimori.work.stage import Context, Prepared

IN_ONE_WRITE = 500
"""Findings written in the finishing transaction; those of a longer feed come in pieces of their own (house rule 1.5)."""
PIECE = 1_000


class ReadStage:
    """Read what reporters say."""

    name = "reports.read"
    model = Message
    where = "route = 'report'"
    acts_on_persons = False

    def work(self, ids: Sequence[int], ctx: Context) -> Prepared:
        """Read these messages; write all in one short transaction, the answers to reporters among them (made before attribution)."""
        found = {m.pk: m for m in Message.objects.filter(pk__in=ids)}
        cfg = settings()
        world, rules = read_context(cfg, ctx), teaching.active()
        # A synthetic folder reaches nobody outside; where our border judges (authserv ids), its word is enough.
        resolver = None if cfg.synthetic or cfg.mail.authserv_ids else Quiet(DnsResolver)
        kept: list[rows.Kept] = []
        failed: dict[int, str] = {}
        for pk in ids:
            message = found[pk]
            try:
                raw = evidence.get(message.sha256)
            except (evidence.Missing, Changed, Refused) as e:
                failed[pk] = f"evidence: {type(e).__name__}"
                continue
            kept.append(_one(message, raw, world, cfg, ctx, resolver, rules))
        counts: dict[str, int] = {}
        for k in kept:
            counts[k.report.kind] = counts.get(k.report.kind, 0) + 1
        detail: dict[str, Any] = {"messages": len(kept), "findings": sum(k.report.findings_total for k in kept), **counts}
        return Prepared(lambda: write(kept), act="reports.read", subject=f"batch:{len(ids)}", detail=detail, failed=failed)


def read_context(cfg: Settings, ctx: Context) -> ReadContext:
    """Return what the readers may know of our network at this instant: own prefixes, own relays."""
    table = networks()
    at = micros(ctx.now)

    def ours(address: Address) -> bool:
        return table.match(address, at, at).ours

    def is_relay(address: Address) -> bool:
        return table.match(address, at, at).kind("relay") is not None
    return ReadContext(None, ours, frozenset(h.lower() for h in cfg.mail.trusted_relays), is_relay=is_relay)


def _one(message: Message, raw: bytes, world: ReadContext, cfg: Settings, ctx: Context, resolver: Quiet | None, rules: dict[str, tuple[Rule, ...]]) -> rows.Kept:
    # A feed's item has no envelope of its own: its file name stands there, and tells Shadowserver's types.
    name = str(message.rcpt_to[0]) if message.door == "http" and message.peer.startswith("feed:") and message.rcpt_to else ""
    item = Item(raw, filename=name)
    sender = judge_sender(message, item.mail, cfg, ctx.now, resolver)
    answer = reading.begin(item, replace(world, received=message.received_at, learned=rules.get(sender.domain, ())))
    stream = reading.stream(answer)
    for f in stream:
        answer.findings.append(f)
        if len(answer.findings) >= IN_ONE_WRITE:
            break
    if len(answer.findings) >= IN_ONE_WRITE:
        _feed(message, item, answer, stream, sender, ctx)
    reading.finish(answer, item)
    return rows.build(message, item.mail, answer, sender, ctx.now, auto_answer=cfg.desk.auto_answer)


def _feed(message: Message, item: Item, answer: reading.Answer, stream: Any, sender: Sender, ctx: Context) -> None:
    """Write the rest of a long feed: its report's row first, then findings in pieces, each due as soon as it is there.

    Repeatable: after a crash the same rows are found by (message, index) and (report, index).
    """
    shell = rows.build(message, item.mail, answer, sender, ctx.now, auto_answer=False).report
    with transaction.atomic():
        shell.reporter = reporter_of(shell, sender)
        Report.objects.bulk_create([shell], ignore_conflicts=True)
    report = Report.objects.get(message=message, index=0)
    piece: list[Finding] = []
    f: FindingData
    for index, f in enumerate(stream, IN_ONE_WRITE):
        piece.append(rows.finding(report, index, f, message, ctx.now, held=rows.why_held(f, answer.read.kind, "")))
        if len(piece) >= PIECE:
            _piece(report, piece)
            piece = []
    _piece(report, piece)


def _piece(report: Report, piece: list[Finding]) -> None:
    if piece:
        with transaction.atomic():
            told = duplicates.Told.of(piece, {report.message_id})
            told.link(report, piece, repeated=False)
            Finding.objects.bulk_create(piece, ignore_conflicts=True)
            duplicates.count(piece)


def reporter_of(report: Report, sender: Sender) -> Reporter | None:
    """Return the proven reporter's row, made at first sight; None for an unproven one (a forged From never gets a feed's trust)."""
    return reporters([(sender.domain, report)]).get(sender.domain)


def reporters(proven: Iterable[tuple[str, Report]]) -> dict[str, Reporter]:
    """Return the rows of proven organisational domains, made where they are new (two workers make one)."""
    first = {domain[:253]: report.received_at for domain, report in proven if domain}
    if not first:
        return {}
    # Sorted keys: two workers never wait for each other in a circle.
    Reporter.objects.bulk_create([Reporter(domain=d, first_seen=first[d]) for d in sorted(first)], ignore_conflicts=True)
    return {r.domain: r for r in Reporter.objects.filter(domain__in=first)}


def write(kept: Sequence[rows.Kept]) -> None:
    """Write everything that the messages came to, in a handful of statements. Repeatable after a rollback."""
    who = reporters((k.sender.domain, k.report) for k in kept)
    messages = {k.message.pk for k in kept}
    begun = dict(Report.objects.filter(message__in=messages, index=0).values_list("message_id", "pk"))
    for k in kept:
        k.report.reporter = who.get(k.sender.domain[:253])
        k.report.pk = begun.get(k.message.pk)
        if k.report.pk is not None:
            # A long feed's row is there already, its findings up to some place too.
            k.report.save(force_update=True)
    Report.objects.bulk_create([k.report for k in kept if k.message.pk not in begun])
    again = duplicates.repeats([k.report for k in kept])
    told = duplicates.Told.of([f for k in kept for f in k.findings], messages)
    reviews: list[Review] = []
    for k in kept:
        before = again.get(k.report.pk)
        if before is not None:
            k.report.detail["repeats"] = {"report": before[0], "layer": before[1]}
        for f in k.findings:
            f.pk, f.report = None, k.report
        stored = told.link(k.report, k.findings, repeated=before is not None)
        if not k.findings or stored < len(k.findings):
            reviews += k.reviews
        elif before is None:
            # Its acts were told before; what could not be read in it was not.
            reviews += [r for r in k.reviews if r.finding is None]
    Report.objects.bulk_update([k.report for k in kept if k.report.pk in again], ["detail"])
    findings = [f for k in kept for f in k.findings]
    Finding.objects.bulk_create([f for f in findings if f.report.message_id not in begun])
    _resumed([f for f in findings if f.report.message_id in begun])
    told.finish()
    duplicates.count(findings)
    for r in reviews:
        r.pk, r.finding = None, r.finding  # its id is known only now
    Review.objects.bulk_create(reviews)
    answers = [a for k in kept for a in k.answers]
    for k in kept:
        for a in k.answers:
            a.pk, a.report = None, k.report
    Answer.objects.bulk_create(answers, ignore_conflicts=True)
    sealed = [k.message.sha256 for k in kept if k.sealed]
    if sealed:
        evidence.seal(sealed)
    for state in sorted({k.state for k in kept}):
        Message.objects.filter(pk__in=[k.message.pk for k in kept if k.state == state]).update(state=state)


def _resumed(findings: Sequence[Finding]) -> None:
    """Write the first findings of long feeds, of which some may be there from a try that was cut short."""
    if not findings:
        return
    Finding.objects.bulk_create(findings, ignore_conflicts=True)
    ids = {(r, i): pk for r, i, pk in Finding.objects.filter(report__in={f.report_id for f in findings}, index__lt=IN_ONE_WRITE).values_list("report_id", "index", "id")}
    for f in findings:
        f.pk = ids[f.report_id, f.index]
