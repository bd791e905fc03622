"""Which stage reads a message: `report reply bounce explain loop`. Pure: envelope and headers in, route out.

Only the envelope's own token files a message with its case (128 bits that we gave out). A Subject, an In-Reply-To or a
case number from a stranger links nothing: they can be forged by everybody who has seen one of our letters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sekimori.intake import auto, proof
from sekimori.intake.ours import Ours
from sekimori.mime import Mail
from sekimori.smtp.envelope import split

ROUTES = ("report", "reply", "bounce", "explain", "loop")
INNER_MAX = 8
"""Messages inside a delivery report that are looked at for our own mark."""


@dataclass(frozen=True, slots=True)
class Routing:
    """Where a message goes, why it gets no automatic answer ("" = it may), and the token's hash."""

    route: str
    auto: str
    token: str
    sender_domain: str
    """Of the author, else of the envelope sender: the lane in which it waits."""


def route(mail: Mail, mail_from: str | None, rcpt_to: Sequence[str], ours: Ours) -> Routing:
    """Decide the route of one message.

    `mail_from` as in `auto.reason`. Recipients that are not ours are passed over; with none of ours left (a file, a
    mailbox) the message is a report.
    """
    headers = mail.headers
    why = auto.reason(mail_from, headers, ours)
    purposes = [p for p in (ours.purpose(r, any_domain=True) for r in rcpt_to) if p is not None]
    tokens = [p.token for p in purposes if p.token]
    token = tokens[0] if tokens else ""
    kinds = {p.kind for p in purposes}
    domain = _domain(mail, mail_from)
    if _is_delivery_report(mail) and (mail_from == "" or why in {"mailer_daemon", "null_sender"} or mail_from is None):
        if token or "noreply" in kinds or _returns_ours(mail, ours):
            return Routing("bounce", why or "mailer_daemon", token, domain)
    elif mail_from == "" and "noreply" in kinds:
        return Routing("bounce", why, token, domain)  # bounces of old servers are no multipart/report
    if _came_back(mail, ours):
        return Routing("loop", "own", "", domain)
    if token:
        return Routing("reply", why, token, domain)
    if kinds == {"explain"}:
        return Routing("explain", why, "", domain)
    return Routing("report", why, "", domain)


def headers_from(mail: Mail) -> str:
    """Return the author's address, or ""."""
    mailboxes = mail.headers.addresses("from")
    return mailboxes[0].address if mailboxes else ""


def _came_back(mail: Mail, ours: Ours) -> bool:
    """Tell whether this is a mail of ours come back: only its proof counts, never a From or X-Loop that anybody can write.

    What merely claims to be ours is read like any report (it may be a phisher's letter, handed on by a victim) and gets
    no automatic answer.
    """
    claimed = [split(v.strip().strip("<>"))[1] for v in mail.headers.all("x-loop")[:20] if ours.is_sender_of_notices(v.strip().strip("<>"))]
    if not any(claimed):
        return False
    text = "".join(mail.texts())
    return any(proof.holds(ours.key, text, c) for c in claimed)


def _is_delivery_report(mail: Mail) -> bool:
    root = mail.root
    return root.type == "multipart/report" and root.params.get("report-type", "").lower() in {"delivery-status", "global-delivery-status"}


def _returns_ours(mail: Mail, ours: Ours) -> bool:
    """Tell whether the message that a delivery report gives back is one of our notices."""
    looked = 0
    for part in mail.walk():
        inner = part.message
        if inner is None:
            continue
        looked += 1
        if auto.loops(inner.headers, ours) or ours.is_sender_of_notices(headers_from(inner)):
            return True
        if looked >= INNER_MAX:
            break
    return False


def _domain(mail: Mail, mail_from: str | None) -> str:
    return split(headers_from(mail))[2] or split(mail_from or "")[2]
