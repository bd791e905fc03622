"""Receive one message from inside this process (HTTP API, scenarios, demo): durable when it returns."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from sekimori.intake import store
from sekimori.intake.arrival import Arrival, Ready, prepare
from sekimori.intake.models import Message
from sekimori.intake.ours import Ours
from sekimori.settings import current


def receive(raw: bytes, *, mail_from: str | None, rcpt_to: Sequence[str], door: str, peer: str, now: datetime,
            authenticated: bool = False) -> Message:
    """Keep one message and return its row (the earlier row where the same came with the same envelope before).

    `door` is one of `arrival.DOORS`; `authenticated` only where the door itself has proved the sender. Inside a
    transaction of the caller it is durable with that; otherwise when this returns. Raises what disk and database raise.
    """
    ready = prepare(Arrival(raw, mail_from, tuple(rcpt_to), door, peer, now, authenticated), Ours.of(current()))
    receive_all([ready])
    return Message.objects.get(sha256=ready.body.sha256, envelope=ready.envelope)


def receive_all(ready: Sequence[Ready]) -> None:
    """Keep many prepared arrivals in one COMMIT (files, mailboxes)."""
    with transaction.atomic():
        store.write(ready)
