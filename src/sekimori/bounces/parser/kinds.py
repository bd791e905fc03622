"""Which sort of automatic mail a message is, told by its form before its words are believed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sekimori.mime import Mail

from .model import Kind
from .parts import Pieces
from .status_fields import StatusReport
from .wording import Words, roles_in

_DAEMON = re.compile(
    r"^(?:mailer-?daemon|mail-?daemon|po+stmaster|mdaemon|mail\.?delivery\.?(?:system|subsystem)|daemon|mailadm(?:in)?|bounces?|mdeliver|ndr)(?:$|[@+_.-])",
    re.IGNORECASE,
)
_DAEMON_NAME = re.compile(
    r"mail deliver|mailer.?daemon|postmaster|system administrator|mail system|delivery (?:sub)?system|mail administrator|メール配送|メールシステム",
    re.IGNORECASE,
)
_AUTO_SUBJECT = re.compile(
    r"^(?:auto(?:matic|mated)?[- ]?(?:reply|response|answer)|out of (?:the )?office|automatische antwort|réponse automatique|respuesta automática|自動応答|自動返信|不在|vacation)|\(automatic response\)|\bout of office\b|autoreply|^auto:",
    re.IGNORECASE,
)
_TICKET = re.compile(r"^\[[^\]]{0,30}#\s?\d|\bticket\s?#|問い?合わ?せ(?:番号|受付)", re.IGNORECASE)
_CODED = re.compile(r"\b[45]\d\d[ -]#?[45]\.\d{1,3}\.\d{1,3}\b")
_REPLIED = re.compile(r"(?<![\d.:/-])[45]\d\d[ -]")
_CIRCULAR = re.compile(r"(?:移行|変更|終了|開始|メンテナンス|サービス|ご利用)[^\n]{0,20}(?:お知らせ|ご案内)|\b(?:newsletter|announcement|migration|scheduled maintenance)\b", re.IGNORECASE)
_REPLY = re.compile(r"^\s{0,3}(?:re|fw|fwd|aw|sv|返信|転送)\s{0,2}[:：]", re.IGNORECASE)


@dataclass(slots=True)
class Outline:
    """The first impression of a message."""

    kind: Kind
    certain: bool
    """Its form alone makes it a notice: fields, or a daemon that says so."""
    sender: str
    sender_name: str
    to: tuple[str, ...]


def outline(mail: Mail, pieces: Pieces, words: Words, report: StatusReport, *, pasted: bool = False, returned: bool = False) -> Outline:
    """Return the kind of a message as its form tells it (RFC 6522 report type, RFC 3834 fields, null sender, words)."""
    headers = mail.headers
    sender = headers.addresses("from")
    address = sender[0].address if sender else ""
    raw_from = (headers.get("from") or "")[:300]
    name = sender[0].display if sender else raw_from
    out = Outline(Kind.OTHER, False, address, name[:200], tuple(m.address for m in headers.addresses("to"))[:20])
    complained = any(m.headers.has("x-hmxmroriginalrecipient") for m in pieces.messages[:2])  # Hotmail's own form of report
    if not pieces.feedback and "feedback-type:" in words.text.low and "user-agent:" in words.text.low:
        pieces.feedback.append("\n".join(words.text.lines))  # the fields stand in a part of the wrong type
    if pieces.feedback or complained or (headers.param("content-type", "report-type") or "").lower() == "feedback-report":
        out.kind = Kind.FEEDBACK
        return out
    subject = mail.subject
    automatic = (headers.get("auto-submitted") or "").strip().lower()
    path = (headers.get("return-path") or "?").strip()
    null = path in ("<>", "")
    coded = _CODED.search(words.text.flat[:20_000]) is not None
    daemon = bool(_DAEMON.match(address) or _DAEMON_NAME.search(name) or _DAEMON.match(raw_from.strip().strip('<>"')))
    said_in_subject = roles_in(subject) if subject else frozenset()
    shaped = "shape" in words.roles
    subject_shaped = "shape" in said_in_subject or "delayed" in said_in_subject
    fields = any(("final-recipient" in r or "original-recipient" in r) for r in report.recipients)
    failed = headers.has("x-failed-recipients")
    if "challenge" in words.roles or any("challenge" in roles_in(r.get("diagnostic-code", "")) for r in report.recipients[:3]):
        out.kind = Kind.CHALLENGE
    elif fields or (pieces.status and report.message) or (pieces.refusal and words.said and (shaped or "reject" in words.text.low)):
        out.kind, out.certain = Kind.BOUNCE, True
    elif pieces.receipt:
        out.kind = Kind.RECEIPT
    elif _TICKET.search(subject) and not failed and not coded:
        out.kind = Kind.OTHER  # a help desk speaks of delivery, too
    elif not (failed or subject_shaped or returned or pieces.messages or _REPLIED.search(words.text.flat[:20_000]) or "otificationtype" in words.text.low[:2000]) and (_announces(path, subject, words) or (null and not daemon and _speaks_of_itself(address, words))):
        out.kind = Kind.OTHER  # a postmaster's circular; a machine that names its own address
    elif failed or ((daemon or null) and (shaped or subject_shaped)) or (daemon and words.said) or (null and words.said and coded):
        out.kind, out.certain = Kind.BOUNCE, True
    elif _AUTO_SUBJECT.search(subject) and not shaped:
        out.kind = Kind.VACATION
    elif (subject_shaped and (not _REPLY.match(subject) or shaped) and (words.said or words.product)) or (
        shaped and words.said and (words.product or (pieces.messages and not _REPLY.match(subject)))
    ):
        out.kind, out.certain = Kind.BOUNCE, bool(words.product) or not _REPLY.match(subject)
    elif automatic.startswith("auto-replied") or headers.has("x-autoreply") or headers.has("x-autorespond"):
        out.kind = Kind.VACATION
    elif "otificationType" in words.text.flat[:2000] or (pasted and (shaped or words.said or words.product)):
        out.kind, out.certain = Kind.BOUNCE, False
    return out


def _announces(path: str, subject: str, words: Words) -> bool:
    """Whether a mail was sent as people and lists send: by an envelope sender that is no daemon or under a circular's subject, in words of no mail software."""
    return path.startswith("<") and len(path) > 2 and not words.product and (_CIRCULAR.search(subject) is not None or not _DAEMON.match(path.lstrip("<")))


def _speaks_of_itself(sender: str, words: Words) -> bool:
    """Whether the only address that a mail names is the one it came from, or it names none."""
    return not words.product and all(s.address.lower() == sender.lower() for s in words.said)
