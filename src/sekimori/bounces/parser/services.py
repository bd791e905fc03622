"""Notices that are JSON: Amazon SES over SNS mails the event as an object (a format that data cannot describe)."""

from __future__ import annotations

import json
from typing import Any

from .addresses import clean
from .diagnostics import statuses
from .model import Action, Failure, Original


def read_event(text: str) -> tuple[list[Failure], Original] | None:
    """Return (failures without reasons, original) of an SES event, or None when the text is none.

    Source: Amazon SES developer guide, "Contents of Amazon SES notifications".
    """
    start = text.find("{")
    if start < 0 or "otificationType" not in text or len(text) > 200_000:
        return None
    event = _object(text[start:])
    if event is not None and isinstance(event.get("Message"), str):
        event = _object(event["Message"])
    if event is None:
        return None
    kind = event.get("notificationType") or event.get("eventType")
    mail = event.get("mail") if isinstance(event.get("mail"), dict) else {}
    assert isinstance(mail, dict)
    original = Original(
        "headers",
        str(mail.get("messageId", ""))[:250],
        str(mail.get("source", ""))[:320],
        recipients=tuple(str(x)[:320] for x in _list(mail, "destination"))[:100],
    )
    failures: list[Failure] = []
    if kind == "Bounce" and isinstance(event.get("bounce"), dict):
        failures += [
            Failure(address, status=str(e.get("status", ""))[:12], status_from="field", diagnostic=str(e.get("diagnosticCode", ""))[:2000])
            for e in _list(event["bounce"], "bouncedRecipients")
            if isinstance(e, dict) and (address := clean(str(e.get("emailAddress", ""))))
        ]
    elif kind == "Delivery" and isinstance(event.get("delivery"), dict):
        words = str(event["delivery"].get("smtpResponse", ""))[:2000]
        failures += [
            Failure(address, action=Action.DELIVERED, status="".join(statuses(words)[:1]), diagnostic=words)
            for x in _list(event["delivery"], "recipients")
            if (address := clean(str(x)))
        ]
    elif kind == "Complaint" and isinstance(event.get("complaint"), dict):
        failures += [
            Failure(a, reason="feedback")
            for e in _list(event["complaint"], "complainedRecipients")
            if isinstance(e, dict) and (a := clean(str(e.get("emailAddress", ""))))
        ]
    return (failures[:200], original) if failures else None


def _list(holder: dict[str, Any], key: str) -> list[Any]:
    value = holder.get(key)
    return value if isinstance(value, list) else []


def _object(text: str) -> dict[str, Any] | None:
    try:
        value, _ = json.JSONDecoder(strict=False).raw_decode(text.strip())
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
