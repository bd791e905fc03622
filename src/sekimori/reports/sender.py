"""Who sent a report, and whether that is proven: judged once, when it is read."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from sekimori.intake.border import authserv_ids
from sekimori.intake.models import Message
from sekimori.mailauth import LookupFailed, Resolver, judge, organisational
from sekimori.mailauth.dns import RecordType
from sekimori.mime import Mail
from sekimori.settings import Settings
from sekimori.values.addresses import parse_address

Make = Callable[[], Resolver]


@dataclass(frozen=True, slots=True)
class Sender:
    """The author's address as claimed, the proven organisational domain or "", and how it was proven."""

    address: str
    domain: str
    result: str
    details: dict[str, str] = field(default_factory=dict)


class Quiet:
    """A resolver that only ever fails as DNS does, and gives up for good after a few failures: DNS away must not stop a batch."""

    def __init__(self, make: Make) -> None:
        self._make = make
        self._failures = 0

    def query(self, name: str, kind: RecordType) -> list[str]:
        """See mailauth.Resolver."""
        if self._failures >= 4:
            raise LookupFailed("DNS is away")
        try:
            found = self._make().query(name, kind)
        except LookupFailed:
            self._failures += 1
            raise
        except Exception as e:  # noqa: BLE001  no network at all, a sandbox: as a timeout
            self._failures += 1
            raise LookupFailed(type(e).__name__) from None
        self._failures = 0
        return found


def judge_sender(message: Message, mail: Mail | None, settings: Settings, now: datetime, resolver: Resolver | None) -> Sender:
    """Return who sent a message. A forged From proves nothing: without proof the domain stays ""."""
    if mail is None:
        return Sender(message.mail_from, organisational(message.mail_from.rpartition("@")[2]) if message.authenticated else "",
                      "pass" if message.authenticated else "none")
    authors = mail.headers.addresses("from")
    address = authors[0].address if authors else message.mail_from
    if message.authenticated:
        return Sender(address, organisational(address.rpartition("@")[2].lower()), "pass", {"door": message.door})
    client = parse_address(message.peer) if message.door in ("smtp", "lmtp") and message.peer else None
    if message.door == "lmtp":
        # LMTP's peer is our own mail server: SPF is the business of the border that it stands behind.
        client = None
    got = judge(mail, now=now, resolver=resolver, client=client, mail_from=message.mail_from, authserv_ids=authserv_ids(message.door, settings), below=settings.mail.authserv_below)
    return Sender(address, got.organisation if got.result == "pass" else "", got.result, {k: v[:200] for k, v in list(got.details.items())[:8]})


_ADDRESS = re.compile(r"[^\s@<>,;:\"]{1,64}@[A-Za-z0-9.\-]{3,253}")


def reply_address(sender: Sender, mail: Mail | None) -> str:
    """Return where an answer goes: Reply-To where it is in the proven organisation, else the author; "" where none is usable."""
    if mail is not None:
        for box in mail.headers.addresses("reply-to")[:1]:
            if organisational(box.address.rpartition("@")[2].lower()) == sender.domain and _ADDRESS.fullmatch(box.address):
                return box.address
    return sender.address if _ADDRESS.fullmatch(sender.address) else ""
