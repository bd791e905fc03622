"""A message at the door, and what the committer needs of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sekimori.evidence import store
from sekimori.evidence.body import IN_ROW_MAX, Prepared
from sekimori.intake import rules
from sekimori.intake.ours import Ours
from sekimori.mime import Mail, read
from sekimori.smtp.envelope import split
from sekimori.values.text import storable
from sekimori.work.columns import lane_of

DOORS = {"lmtp": "mail", "smtp": "mail", "imap": "imap", "file": "file", "http": "http", "form": "http"}
"""Door → class: the same message over doors of one class is one arrival (a repeat may take the other door)."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """What a door knows. `mail_from` None: unknown (no envelope, no Return-Path); "" is the null sender."""

    raw: bytes
    mail_from: str | None
    rcpt_to: tuple[str, ...]
    door: str
    peer: str
    received_at: datetime
    authenticated: bool = False


@dataclass(frozen=True, slots=True)
class Ready:
    """An arrival made ready for COMMIT: the body prepared, the route decided. Made outside any transaction."""

    body: Prepared
    envelope: str
    arrival: Arrival
    routing: rules.Routing
    lane: int

    @property
    def weight(self) -> int:
        """The octets that this row keeps in memory while it waits."""
        return len(self.body.data or b"") + 1024


def envelope_key(door: str, mail_from: str | None, rcpt_to: Sequence[str]) -> str:
    """Return the hash over door class, sender and recipients (sorted, in lower case where case has no meaning)."""
    def plain(address: str) -> str:
        local, at, domain = storable(address).rpartition("@")
        return f"{local}{at}{domain.lower()}"

    parts = [DOORS[door], None if mail_from is None else plain(mail_from), sorted({plain(r) for r in rcpt_to})]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=True, separators=(",", ":")).encode()).hexdigest()


def is_large(raw: bytes) -> bool:
    """Tell whether preparing this message writes a file: then it is done beside the event loop, not in it."""
    return len(raw) > IN_ROW_MAX


def prepare(arrival: Arrival, ours: Ours) -> Ready:
    """Hash, compress and route one arrival. Raises OSError where a large body cannot be written, nothing else."""
    body = store.prepare(arrival.raw)
    routing = _route(arrival, ours)
    # A token alone says whose lane it is least of all; the sender's domain is what one source has in common.
    return Ready(body, envelope_key(arrival.door, arrival.mail_from, arrival.rcpt_to), arrival, routing, lane_of(routing.sender_domain))


def _route(arrival: Arrival, ours: Ours) -> rules.Routing:
    try:
        return rules.route(read(arrival.raw), arrival.mail_from, arrival.rcpt_to, ours)
    except Exception:  # a bug in reading must not cost a message: it goes to the reader, which can be repaired
        import logging

        logging.getLogger(__name__).exception("a message could not be routed")
        return rules.Routing("report", "unreadable", "", split(arrival.mail_from or "")[2])


def sender_of(mail: Mail) -> str | None:
    """Return the envelope sender that a delivered message records in Return-Path, "" for the null one, None without it."""
    value = mail.headers.get("return-path")
    if value is None:
        return None
    return value.strip().strip("<>").strip()


def recipients_of(mail: Mail, ours: Ours) -> tuple[str, ...]:
    """Return our own recipients that a message without an envelope names (Delivered-To, X-Original-To, To, Cc)."""
    found: dict[str, None] = {}
    for name in ("delivered-to", "x-original-to", "envelope-to"):
        for value in mail.headers.all(name)[:10]:
            found.setdefault(value.strip().strip("<>").strip())
    for name in ("to", "cc"):
        for mailbox in mail.headers.addresses(name):
            found.setdefault(mailbox.address)
    return tuple(a for a in found if ours.purpose(a) is not None)[:100]
