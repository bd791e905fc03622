"""Reports and spam mails that somebody passes on together: each is read by itself, each is its own finding.

What a carrier holds is of four kinds: a report in a known format, a letter to an abuse desk, an original (the spam itself,
which names its source by its Received chain), and mail under the carrier's own address (perhaps his answer to a spammer: it
accuses nobody). What cannot be read is listed and opens a review item; it does not hold back the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from itertools import chain, islice
from typing import Any

from sekimori.mime import Mail
from sekimori.mime.multi import split_mbox
from sekimori.reports.common import originals
from sekimori.reports.common.carried import MAX_MAILS, Budget, Carried, carried
from sekimori.reports.common.sniff import looks_like_mail
from sekimori.reports.contract import HEAD, Context, FindingData, Item, Read
from sekimori.reports.prose import complaint, cover

LISTED = 100
GENERIC = frozenset({"table", "records"})
"""Formats that read any table: in a message that went to no abuse desk they would read the spam's own."""


@dataclass(slots=True)
class Answer:
    """What became of an item: the format that read it, and its reading (`kind` is always one of contract.KINDS)."""

    format: str
    version: str
    read: Read


Reader = Callable[[Item], Answer | None]


@dataclass(slots=True)
class _Load:
    """What a carrier comes to: findings that go on, what became of each message, formats met."""

    findings: list[Iterable[FindingData]] = field(default_factory=list)
    """Streams: a feed that somebody passes on may be long."""
    entries: list[dict[str, Any]] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    origins: list[tuple[Carried, Mail, originals.Origin]] = field(default_factory=list)
    unread: int = 0

    def entry(self, one: Carried, kind: str, **more: Any) -> None:
        if kind == "review":
            self.unread += 1
        if len(self.entries) < LISTED:
            self.entries.append({"where": one.where, "kind": kind, **more})


def read_carried(item: Item, ctx: Context, structured: Reader, prose: Reader, budget: Budget | None = None) -> Answer | None:
    """Return the readings of what a message carries, as one; None where it carries nothing, or one original beside its letter."""
    mail = item.mail
    if mail is None:
        return None
    outer = budget is None
    budget = budget or Budget()
    ones = list(carried(item, budget))
    alone = len(ones) == 1 and not ones[0].attached and not budget.spent
    told = None
    if not ones:
        told = cover.several(item)
        ones = [Carried(f"text/{n}", raw) for n, raw in enumerate(told.blocks, 1)] if told is not None else []
    if not ones:
        return None
    load = _Load()
    for one in ones:
        _one(one, mail, ctx, load, structured, prose, budget, alone=alone)
    if alone and not load.answers:
        # One original beside a letter: the reader of free text weighs both together.
        return None
    if not load.answers and load.origins and cover.away(item):
        return None
    _originals(item, mail, ctx, load, told)
    return _together(mail.message_id, load, budget, outer=outer)


def read_mailbox(item: Item, structured: Reader, whole: Callable[[Item], Answer]) -> Answer | None:
    """Return the readings of an mbox file's messages as one; None for anything else (a single message with a `From ` line too)."""
    if item.large or item.raw[:5] != b"From ":
        return None
    entries = list(islice(split_mbox(BytesIO(item.raw)), MAX_MAILS + 1))
    if len(entries) < 2 or not all(looks_like_mail(e.raw[:HEAD]) for e in entries):
        return None
    load = _Load()
    for n, e in enumerate(entries[:MAX_MAILS], 1):
        inner = Item(e.raw)
        _take(Carried(f"mbox/{n}", e.raw, attached=True), structured(inner) or whole(inner), load)
    budget = Budget()
    if len(entries) > MAX_MAILS:
        budget.spent = "over_limit:carried"
    return _together("", load, budget, outer=True)


def _one(one: Carried, carrier: Mail, ctx: Context, load: _Load, structured: Reader, prose: Reader, budget: Budget, *, alone: bool) -> None:
    if one.unread:
        load.entry(one, "review", reason=one.unread)
        return
    inner = Item(one.raw)
    mail = inner.mail
    to_desk = complaint.to_a_desk(mail)
    got = structured(inner)
    if got is not None and (to_desk or alone or got.format not in GENERIC):
        _take(one, got, load)
        return
    if alone or mail is None:
        if not alone:
            load.entry(one, "review", reason="no_message")
        return
    if to_desk:
        _take(one, read_carried(inner, ctx, structured, prose, budget) or prose(inner) or Answer("prose", "1", Read(kind="review", reason="unread")), load)
    elif _own(mail, carrier):
        load.entry(one, "review", reason="own_address")
    elif not originals.headers_like(mail):
        load.entry(one, "review", reason="no_headers")
    else:
        load.origins.append((one, mail, originals.origin(mail, ctx)))


def _take(one: Carried, got: Answer, load: _Load) -> None:
    load.answers.append(got)
    load.entry(one, got.read.kind, format=got.format, reason=got.read.reason[:200], report_id=got.read.report_id[:200])
    if got.read.kind == "report":
        load.findings.append(_placed(got.read.findings, one.where))


def _placed(findings: Iterable[FindingData], where: str) -> Iterator[FindingData]:
    """Yield findings with the place of the message that tells them."""
    for f in findings:
        f.spans = [*f.spans, {"field": "carried", "where": where}]
        yield f


def _own(mail: Mail, carrier: Mail) -> bool:
    """Tell whether an enclosed message bears the carrier's own address: his answer to a spammer, or spam under his name. A person tells."""
    mine = {m.address.lower() for m in carrier.headers.addresses("from")}
    return any(m.address.lower() in mine for m in mail.headers.addresses("from")[:5])


def _originals(item: Item, mail: Mail, ctx: Context, load: _Load, told: cover.Several | None) -> None:
    """Make findings of the originals, where the letter complains of them and names nobody else."""
    if not load.origins:
        return
    letter = cover.judge(item, ctx, told.before if told is not None else None)
    traced = {o.ip for _, _, o in load.origins if o.ip}
    chains = "\n".join(v for _, m, _ in load.origins for v in m.headers.all("received")[:30])
    refused = "" if letter.complains else "no_complaint"
    if any(ip not in traced and ip not in chains for ip in letter.accused):
        refused = "original_contradicts_text"
    load.answers.append(Answer("prose", "1", Read(free_text=True, language=letter.language)))
    for one, _, origin in load.origins:
        if refused or not (origin.ip or origin.queue_id):
            load.entry(one, "review", reason=refused or "no_trace", ip=origin.ip or "")
            continue
        load.entry(one, "report", format="original", report_id=(origin.message_id or "")[:200])
        load.findings.append([cover.finding(origin, one.where)])


def _together(report_id: str, load: _Load, budget: Budget, *, outer: bool) -> Answer:
    formats = {a.format for a in load.answers if a.read.kind == "report"} or {a.format for a in load.answers}
    first = load.answers[0] if load.answers else Answer("prose", "1", Read(free_text=True))
    kinds = [e["kind"] for e in load.entries]
    out = Read(chain.from_iterable(load.findings), report_id=report_id, language=first.read.language, free_text=any(a.read.free_text for a in load.answers) or not load.answers)
    if len(load.answers) == 1 and len(load.entries) == 1:
        # One report that somebody passed on is that report.
        out = first.read
        out.findings = chain.from_iterable(load.findings)
    elif not load.findings:
        out.kind = "not_abuse" if kinds and all(k == "not_abuse" for k in kinds) else "review"
        reasons = {str(e.get("reason") or "") for e in load.entries}
        out.reason = next(iter(reasons)) if len(reasons) == 1 and out.kind == "not_abuse" else f"{load.unread} of {len(load.entries)} enclosed messages could not be read"
    out.detail["carried"] = load.entries
    if any(a.read.detail.get("sealed") for a in load.answers):
        out.detail["sealed"] = True
    if load.unread and out.kind == "report":
        out.defects.append(f"carried_unread:{load.unread}")
    for a in load.answers:
        out.defects += [d for d in a.read.defects if d not in out.defects][:20]
    out.defects.append("forwarded")
    if budget.spent and outer:
        out.defects.append(budget.spent)
    one = len(formats) == 1
    return Answer(next(iter(formats)) if one else "forwarded", first.version if one else "1", out)
