"""A notice as a mail: the octets that go out. Pure; every header value passes the guard first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime, formataddr

from sekimori.smtp import guard

# Bodies go out as base64 (Japanese) or 7bit (ASCII): nothing on the way can re-wrap them and break the signature.
_POLICY = policy.SMTP.clone(max_line_length=76, raise_on_defect=True)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What a mail needs. `automatic` is the value of Auto-Submitted (RFC 3834 §5)."""

    sender_name: str
    sender: str
    to: str
    reply_to: str
    subject: str
    body: str
    message_id: str
    language: str
    at: datetime
    automatic: str
    loop: str
    """Value of X-Loop, by which intake knows our own mail come back."""
    in_reply_to: str = ""
    attachment: str = ""
    """JSON lines of XARF v4, attached as `xarf.jsonl`."""


def build(mail: Outgoing) -> bytes:
    """Return the mail as octets with CRLF line ends. Raises Refused where an address is none that we send to.

    The same facts give the same octets: a repeat after a crash is the same message.
    """
    out = EmailMessage(policy=_POLICY)
    out["From"] = formataddr((guard.header_value(mail.sender_name, 80), guard.address(mail.sender)))
    out["To"] = guard.address(mail.to)
    out["Reply-To"] = guard.address(mail.reply_to)
    out["Subject"] = guard.header_value(mail.subject, 200)
    out["Date"] = format_datetime(mail.at.astimezone(UTC).replace(microsecond=0))
    out["Message-ID"] = f"<{mail.message_id}>"
    if mail.in_reply_to:
        out["In-Reply-To"] = guard.header_value(mail.in_reply_to, 250)
    out["Auto-Submitted"] = mail.automatic
    out["X-Loop"] = guard.header_value(mail.loop, 254)
    out["X-Auto-Response-Suppress"] = "All"
    out["Content-Language"] = mail.language
    plain = mail.body.isascii() and all(len(line) <= 900 for line in mail.body.splitlines())
    out.set_content(mail.body, charset="us-ascii" if plain else "utf-8", cte="7bit" if plain else "base64")
    if mail.attachment:
        out.add_attachment(mail.attachment.encode(), maintype="application", subtype="json", filename="xarf.jsonl", cte="base64")
        # Chosen by chance otherwise: the same facts must give the same octets.
        out.set_boundary(f"=_{mail.message_id.partition('@')[0]}")
    return out.as_bytes()
