"""What a downstream operator is told: facts about its own range, redacted (RFC 6590), with a deadline. Pure.

Nothing of the reporter, of victims or of third persons; a mail's sender is a keyed token. Facts have no field for more.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sekimori.notices import environment
from sekimori.notices.redact import token
from sekimori.reports.formats.xarf4.validate import strict_fault
from sekimori.values.clock import iso

EVENTS_SHOWN = 40
_SPACE = uuid.UUID("0b5ab9a0-6a4e-5c7e-9d0c-5e6b8a7d2f11")
"""Namespace of our report ids: the same event gives the same id (RFC 9562 §5.5)."""


@dataclass(frozen=True, slots=True)
class Event:
    """One finding in the operator's range. `at` is None where no time was stated; `zoned` = its zone is known."""

    key: str
    at: datetime | None
    zoned: bool
    address: str
    port: int | None
    proto: str
    category: str
    type: str
    count: int


@dataclass(frozen=True, slots=True)
class Shown:
    """An event as the text names it."""

    at: datetime | None
    zoned: bool
    address: str
    port: int | None
    proto: str
    category: str
    count: int


@dataclass(frozen=True, slots=True)
class Us:
    """Who writes: XARF's `reporter` and `sender` both."""

    org: str
    contact: str
    domain: str


def render(events: Sequence[Event], us: Us, ref: str, until: datetime, language: str, *, attached: bool, reminder: bool = False, folder: Path | None = None) -> tuple[str, str, str]:
    """Return (subject, body, version). Raises Refused("notices.template")."""
    shown = [Shown(e.at, e.zoned, e.address, e.port, e.proto, f"{e.category}/{e.type}", e.count) for e in events[:EVENTS_SHOWN]]
    return environment.render("operator/forward", language, {
        "provider": us.org, "ref": ref, "until": until, "events": shown, "more": max(0, len(events) - EVENTS_SHOWN), "attached": attached, "reminder": reminder}, folder=folder)


def xarf(events: Sequence[Event], us: Us, secret: bytes) -> str:
    """Return JSON lines of XARF v4.2 reports, valid ones only: an event that lacks what the schema demands stands in the text alone."""
    reports = (_report(e, us, secret) for e in events if e.at is not None and e.zoned)
    return "".join(json.dumps(r, ensure_ascii=False, sort_keys=True) + "\n" for r in reports if strict_fault(r) is None)


def _report(e: Event, us: Us, secret: bytes) -> dict[str, Any]:
    assert e.at is not None
    who = {"org": us.org, "contact": us.contact, "domain": us.domain}
    out: dict[str, Any] = {
        "xarf_version": "4.2.0", "report_id": str(uuid.uuid5(_SPACE, e.key)), "timestamp": iso(e.at), "reporter": who, "sender": who,
        "source_identifier": e.address, "category": e.category, "type": e.type, "tags": ["sekimori:forwarded", "redacted:rfc6590"]}
    if e.port is not None:
        out["source_port"] = e.port
    if e.category == "connection":
        out |= {"first_seen": iso(e.at), "protocol": e.proto}
    if e.category == "messaging":
        # RFC 6590: the sender's address is a token; whoever it was, it is not the operator's business.
        out |= {"protocol": "smtp", "smtp_from": f"{token(secret, e.key)}@redacted.invalid"}
    return out
