"""A reading as rows: report, findings, review items, answers. Decides nothing about persons; writes nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sekimori.intake.models import Message
from sekimori.mime import Mail
from sekimori.reports import keys
from sekimori.reports.contract import FindingData
from sekimori.reports.missing import missing
from sekimori.reports.models import Answer, Finding, Report, Review
from sekimori.reports.reading import Answer as Reading
from sekimori.reports.sender import Sender, reply_address
from sekimori.values.addresses import packed, parse_address
from sekimori.values.clock import micros
from sekimori.values.text import storable
from sekimori.work.columns import DUE, HELD

SURE = 0.5
"""A finding below this confidence waits for a person."""
CLOSED_AFTER = timedelta(days=14)
"""Reporters hear `closed` so long after receipt, whatever became of the report (nothing may be learned from the time)."""
DIFFERENTIAL = frozenset({"duplicate_from", "duplicate_content_type", "duplicate_content_transfer_encoding"})
"""Defects that make two readers see two messages: nothing automatic comes of them (reliability.md B3)."""
GROUPS = 1_000
"""Review items of one report at most; the rest of its held findings is found through the report."""


@dataclass(slots=True)
class Kept:
    """Everything that one message comes to."""

    message: Message
    state: str
    report: Report
    sender: Sender
    findings: list[Finding] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    sealed: bool = False


def build(message: Message, mail: Mail | None, reading: Reading, sender: Sender, now: datetime, *, auto_answer: bool) -> Kept:
    """Return the rows of one message."""
    read = reading.read
    held_by = next((d for d in reading.defects if d in DIFFERENTIAL), "")
    report = Report(
        message=message, index=0, kind=read.kind, format=reading.format[:40], version=reading.version[:12], report_id=storable(read.report_id, 200),
        authenticity=sender.result, reply_to=storable(reply_address(sender, mail), 254), language=_language(read.language, mail),
        confidence=max((f.confidence for f in reading.findings), default=0.0), free_text=read.free_text, reason=storable(read.reason, 2_000),
        detail=_detail(reading, sender), findings_total=reading.findings_total, received_at=message.received_at)
    kept = Kept(message, "read" if read.kind == "report" else read.kind, report, sender, sealed=bool(read.detail.get("sealed")))
    for n, f in enumerate(reading.findings):
        kept.findings.append(finding(report, n, f, message, now, held=why_held(f, read.kind, held_by)))
    _reviews(kept, reading, now, held_by)
    if auto_answer and read.kind in ("report", "review") and sender.result == "pass" and not message.auto and report.reply_to:
        kept.answers = _answers(report, reading, message.lane, now)
    return kept


def finding(report: Report, n: int, f: FindingData, message: Message, now: datetime, *, held: str = "") -> Finding:
    """Return one finding as a row: due for attribution, or held where a person must look first."""
    address = parse_address(f.source_ip) if f.source_ip else None
    return Finding(
        report=report, index=n, category=f.category[:24], type=f.type[:40], family=None if address is None else address.version,
        address=None if address is None else packed(address), source_ip="" if address is None else str(address), source_port=f.source_port,
        proto=storable(f.proto or "", 8), login=storable(f.login or "", 254), queue_id=storable(f.queue_id or "", 40),
        queue_host=storable(f.queue_host or "", 120), message_id=storable(f.message_id or "", 998), time=_utc(f.time), last_time=_utc(f.last_time),
        time_raw=storable(f.time_raw, 120), zone=f.zone, time_error_s=300.0 if f.time_error_s is None else f.time_error_s, confidence=f.confidence,
        count=max(1, min(f.count, 2**31 - 1)), special=f.special[:16], spans=_storable(f.spans[:20]), has_original=f.has_original,
        event_key=keys.event_key(f), work=HELD if held else DUE, lane=message.lane, due_at=micros(now), state="waiting" if held else "new")


def why_held(f: FindingData, kind: str, differential: str) -> str:
    """Return why a finding waits for a person, as a stable word, or "" where it goes on."""
    if differential:
        return differential
    if kind != "report":
        return "review"
    if not (f.source_ip or f.login or f.queue_id or f.message_id):
        return "no_key"
    return "low_confidence" if f.confidence < SURE else ""


def _utc(when: datetime | None) -> datetime | None:
    """Return the instant; local digits without a zone as if UTC (`zone` says so)."""
    if when is None:
        return None
    return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)


def _language(stated: str, mail: Mail | None) -> str:
    if stated:
        return stated[:2]
    text = "" if mail is None else mail.subject + " ".join(mail.texts()[:1])[:2_000]
    return "ja" if any("\u3040" <= c <= "\u30ff" for c in text) else "en"


def _detail(reading: Reading, sender: Sender) -> dict[str, Any]:
    detail = {k: v for k, v in reading.read.detail.items() if k != "sealed"}
    detail["auth"] = sender.details
    if reading.defects:
        detail["defects"] = reading.defects[:50]
    if reading.read.broken:
        detail["broken"] = [{"line": b.line, "reason": b.reason[:200], "raw": b.raw} for b in reading.read.broken]
    if reading.read.reporter:
        detail["claimed_reporter"] = reading.read.reporter[:253]
    return _storable(detail)  # type: ignore[no-any-return]


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict):
        return {storable(str(k)): _storable(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_storable(v) for v in value]
    return value if isinstance(value, (int, float, bool)) or value is None else str(value)


def _reviews(kept: Kept, reading: Reading, now: datetime, held_by: str) -> None:
    read = reading.read
    who = keys.sender_group(kept.sender.address or kept.message.mail_from)
    lane = "sealed" if kept.sealed else "review"

    def item(group: str, reason: str, row: Finding | None = None) -> None:
        kept.reviews.append(Review(message=kept.message, finding=row, group=group, reason=reason[:40], detail=storable(read.reason, 2_000), lane=lane, opened_at=now))

    pairs = list(zip(reading.findings, kept.findings, strict=True))
    if read.kind in ("review", "reply"):
        first = next(((f, row) for f, row in pairs if f.source_ip), None)
        item(keys.address_group(first[0]) if first else who, review_code(read.kind, read.reason, free=read.free_text), first[1] if first else None)
        return
    if read.kind != "report":
        return
    left = [e for e in read.detail.get("carried", ()) if e["kind"] == "review"]
    if left:
        kept.reviews.append(Review(message=kept.message, group=who, reason="carried_unread", lane=lane, opened_at=now,
                                   detail=storable("; ".join(f"{e['where']}: {e.get('reason', '')}" for e in left), 2_000)))
    elif any(d == "over_limit:carried" for d in read.defects):
        item(who, "carried_unread")
    if any(d.startswith("file_not_read:") for d in read.defects):
        item(who, "file_not_read")
    seen: set[str] = set()
    for f, row in pairs:
        if row.work != HELD:
            continue
        group = keys.address_group(f) if f.source_ip or f.login or f.queue_id else who
        if group not in seen and len(seen) < GROUPS:
            seen.add(group)
            item(group, why_held(f, read.kind, held_by), row)


def review_code(kind: str, reason: str, *, free: bool) -> str:
    """Return the stable word of a review item: free text gives its own; a refused structured report is `invalid`."""
    if kind == "reply":
        return "reply_without_token"
    if free:
        return reason if reason.isascii() and reason.replace("_", "").isalpha() and reason.islower() else "unread"
    return "invalid"


def _answers(report: Report, reading: Reading, lane: int, now: datetime) -> list[Answer]:
    """Return the answers that a reporter is due, made before attribution: nothing in them can depend on who the member is."""
    lacks = missing(reading.read, reading.findings, report.received_at)
    detail = {"findings": reading.findings_total, "missing": lacks}
    return [
        Answer(report=report, kind="missing" if lacks else "receipt", to=report.reply_to, language=report.language, detail=detail, lane=lane, due_at=micros(now)),
        Answer(report=report, kind="closed", to=report.reply_to, language=report.language, detail={"findings": reading.findings_total}, lane=lane,
               due_at=micros(report.received_at + CLOSED_AFTER)),
    ]
