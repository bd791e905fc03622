"""The HTTP door: what the API and the web form call with the octets that they were given."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from sekimori.intake.receive import receive as keep
from sekimori.settings import current
from sekimori.values.outcomes import Refused


def receive(raw: bytes, *, peer: str, now: datetime, door: Literal["http", "form"] = "http", mail_from: str | None = None,
            rcpt_to: Sequence[str] = (), authenticated: bool = False) -> int:
    """Keep one report and return the id of its message row; the same octets from the same sender give the same id.

    `authenticated` where an API key proved the sender; `mail_from` then names the key's holder. Durable when this
    returns. Raises Refused("intake.empty" or "intake.too_large"), else what disk and database raise (answer 503).
    """
    if not raw.strip():
        raise Refused("intake.empty", "nothing was sent")
    limit = current().mail.max_bytes
    if len(raw) > limit:
        raise Refused("intake.too_large", f"larger than {limit} octets")
    recipients = tuple(rcpt_to) or (current().abuse_address,)
    return int(keep(raw, mail_from=mail_from, rcpt_to=recipients, door=door, peer=peer, now=now, authenticated=authenticated).pk)
