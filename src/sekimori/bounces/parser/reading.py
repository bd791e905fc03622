"""From octets to a `Bounce`: pieces → kind → facts for each recipient → reasons."""

from __future__ import annotations

import re
from dataclasses import replace

from sekimori.mime import Mail, read

from .addresses import every
from .facts import complete, from_fields, host_name
from .folding import MAX_TEXT, Folded
from .kinds import Outline, outline
from .model import Action, Bounce, Failure, Kind, Original, Reporter, Stage
from .original import from_words, header_line
from .parts import Pieces, take_apart
from .services import read_event
from .status_fields import StatusReport, read_fields
from .transcript import read_turns
from .wording import STRONG, Words, original_line, read_words

_ROLE_ACTIONS = (("delayed", Action.DELAYED), ("delivered", Action.DELIVERED), ("relayed", Action.RELAYED), ("expanded", Action.EXPANDED))
_MESSAGE_ID = re.compile(r"message[- ]id(?:entifier)?\s{0,2}[:=]\s{0,3}<([^<>\s]{3,250})>", re.IGNORECASE)


def parse(raw: bytes | Mail, *, pasted: bool = False) -> Bounce:
    """Read a delivery notice.

    Parameters: `raw`, a whole message (or one already read); `pasted`, the octets may be a piece that a person copied,
    without a header. Returns a `Bounce`, whose kind is OTHER when it is no notice at all. Never raises for what the octets
    say. Sources: RFC 3464, 3461, 6522, 6533, 5965, 3834.
    """
    mail = raw if isinstance(raw, Mail) else read(raw.lstrip(b" \t\r\n") if raw[:1] in (b" ", b"\t", b"\r", b"\n") else raw)
    if pasted and not isinstance(raw, Mail) and len(mail.headers) < 2:
        mail = read(b"\n" + raw)
    pieces = take_apart(mail)
    words, original, text, part = _words(mail, pieces)
    report = _report(pieces, text, part)
    sketch = outline(mail, pieces, words, report, pasted=pasted, returned=original.extent != "none")
    if original.extent == "none":
        original = _swallowed(pieces)
    if not original.message_id:
        original = _recovered(mail, report, text, original)
    failures: list[Failure] = []
    if sketch.kind is Kind.FEEDBACK:
        failures = _complaints(pieces, original)
    elif sketch.kind is Kind.VACATION:
        failures = [Failure(sketch.sender, reason="vacation", rule="kind.vacation")] if sketch.sender else []
    elif sketch.kind is Kind.BOUNCE:
        failures, original = _failures(mail, words, report, original, sketch, text, part)
        if not failures and not sketch.certain:
            sketch.kind = Kind.OTHER
    reporter = Reporter(
        host_name(report.message.get("reporting-mta", "")),
        host_name(report.message.get("received-from-mta", "")),
        words.product,
        report.message.get("original-envelope-id", "")[:200],
        report.message.get("arrival-date", "")[:100],
        report.message.get("x-postfix-queue-id", "")[:60],
    )
    return Bounce(
        sketch.kind,
        tuple(failures),
        original,
        reporter,
        sketch.sender,
        sketch.sender_name,
        sketch.to,
        mail.subject[:500],
        text[:MAX_TEXT],
        words.trace,
        tuple(d.code for d in mail.reading.defects[:20]),
    )


def _words(mail: Mail, pieces: Pieces) -> tuple[Words, Original, str, int]:
    """Read the words of all parts for people, cut where the returned message begins."""
    kept: list[str] = []
    folded: Folded | None = None
    original = pieces.original
    part = pieces.words[0][0] if pieces.words else mail.root.body_start
    for _, text in pieces.words:
        lines = text.split("\n")
        folded = Folded(text)
        at = original_line(folded)
        start = header_line(lines[:400])
        cut = at if at >= 0 and (start < 0 or at <= start) else start
        if cut >= 0 and not kept and not "".join(lines[:cut]).strip() and len(pieces.words) == 1 and not pieces.status:
            cut = at if at > 0 else -1
        if cut >= 0:
            if original.extent == "none":
                original = from_words("\n".join(lines[cut + 1 if cut == at else cut :]))
            text = "\n".join(lines[:cut])
            folded = folded.before(cut)
        kept.append(text)
        if sum(map(len, kept)) > MAX_TEXT:
            break
    sign = mail.headers.get("x-spasign")  # au says by it that the recipient's own settings refused
    if sign:
        kept.append(f"X-SPASIGN: {sign[:20]}")
    text = "\n".join(kept)
    return read_words(folded if folded is not None and len(kept) == 1 else Folded(text)), original, text, part


def _report(pieces: Pieces, text: str, part: int) -> StatusReport:
    """Read the fields: of the parts made for them, else those that stand among the words."""
    merged = StatusReport()
    sources = list(pieces.status)
    if not sources and ("-recipient" in (low := text.lower()) or "-Recipient" in text) and ("status" in low or "action" in low):
        sources = [(part, text)]
    for place, source in sources[:10]:
        found = read_fields(source, place)
        for key, value in found.message.items():
            merged.message.setdefault(key, value)
        merged.recipients += found.recipients
        merged.lines += found.lines
        merged.parts += found.parts
    return merged


def _failures(
    mail: Mail, words: Words, report: StatusReport, original: Original, sketch: Outline, text: str, part: int
) -> tuple[list[Failure], Original]:
    event = read_event(text) if "otificationType" in text else None
    if event is not None:
        return [complete(f, {}, [], Words(Folded("")), part, alone=True) if f.reason == "undefined" else f for f in event[0]], event[1]
    turns = read_turns(words.text.lines) if ">>>" in text or "-->" in text or "<<<" in text or "..." in text or "ent:" in text or "end:" in text else []
    said = {s.address.lower(): s for s in words.said}
    found: list[Failure] = []
    for fields, line, place in zip(report.recipients, report.lines, report.parts, strict=True):
        failure = from_fields(fields, line, place)
        if failure is not None:
            found.append(failure)
    if not found:
        failed = [a for value in mail.headers.all("x-failed-recipients") for a in every(value)]
        if failed and not (words.said and words.said[0].strength == STRONG and len(words.said) == len(failed)):
            found = [Failure(a) for a in failed]
        elif words.said:
            found = [Failure(s.address) for s in words.said]
        elif turns and any(t.address for t in turns):
            found = [Failure(a) for a in dict.fromkeys(t.address for t in turns if t.address and t.stage is Stage.RCPT)]
        elif (inner := _wrapped(original)) is not None:
            return list(inner.failures), inner.original
        elif words.bare and "@" in sketch.sender:
            found = [Failure(f"{name}@{sketch.sender.rpartition('@')[2]}") for name in words.bare]
        elif original.recipients and sketch.certain:
            found = [Failure(original.recipients[0])]
    action = next((a for role, a in _ROLE_ACTIONS if role in words.roles), Action.FAILED) if "failed" not in words.roles else Action.FAILED
    unique: dict[tuple[str, str], Failure] = {}
    for failure in found[:500]:
        if not report.recipients:
            failure = replace(failure, action=action)
        full = complete(failure, said, turns, words, part, alone=len(found) == 1)
        unique.setdefault((full.recipient.lower(), full.reason), full)
    return list(unique.values()), original


def _wrapped(original: Original) -> Bounce | None:
    """Return the notice inside a notice (a desk that passes it on in its own words), one level deep."""
    if not original.raw or b"elivery" not in original.raw[:20_000] or b"X-Sekimori-Inner" in original.raw[:40]:
        return None
    inner = parse(b"X-Sekimori-Inner: 1\n" + original.raw)
    return inner if inner.kind is Kind.BOUNCE and inner.failures else None


def _complaints(pieces: Pieces, original: Original) -> list[Failure]:
    to: list[str] = []
    for text in pieces.feedback[:5]:
        for line in text.split("\n")[:500]:
            name, _, value = line.partition(":")
            if name.strip().lower() in ("original-rcpt-to", "removal-recipient", "redacted-address"):
                to += every(value)
    if not to:
        to = [a for m in pieces.messages[:2] for a in every(m.headers.get("x-hmxmroriginalrecipient") or "")]
    to = to or list(original.recipients)
    return [Failure(a, reason="feedback", rule="kind.arf") for a in dict.fromkeys(to)]


def _swallowed(pieces: Pieces) -> Original:
    """Return the returned header that stands inside the part of the fields, where a boundary does not match."""
    for _, source in pieces.status[:3]:
        lines = source.split("\n")
        start = header_line(lines[:200])
        if start >= 0:
            return from_words("\n".join(lines[start:]))
    return Original()


def _recovered(mail: Mail, report: StatusReport, text: str, original: Original) -> Original:
    """Return what fields and words tell of the returned message where none came back."""
    message_id = (report.message.get("x-original-message-id") or report.message.get("original-message-id") or "").strip().strip("<>")
    if not message_id:
        m = _MESSAGE_ID.search(text[:MAX_TEXT])
        message_id = m.group(1) if m else ""
    if not message_id and (back := mail.headers.get("in-reply-to")):
        message_id = back.strip().split()[0].strip("<>") if back.strip() else ""
    return replace(original, message_id=clean_id(message_id)) if message_id else original


def clean_id(text: str) -> str:
    """Return a Message-ID without brackets and blanks, at most 250 characters."""
    return "".join(text.split())[:250]
