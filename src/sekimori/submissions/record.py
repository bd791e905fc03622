"""One submission told by other means than a log: events of a play, a web form of our own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sekimori.submissions.models import Submission
from sekimori.values.addresses import packed, parse_address
from sekimori.values.text import storable


def record(event: Mapping[str, Any], time: datetime) -> Submission:
    """Store one mail handed in (idempotent by host, queue id and time).

    `event` has `queue_id`, `host`, `message_id`, `login`, `client`, `recipients` (count), `unknown_users` (count), `country`.
    Raises ValueError where client or a count is none.
    """
    client = None
    if event.get("client"):
        client = parse_address(str(event["client"]))
        if client is None:
            raise ValueError("client is no address")
    row, _ = Submission.objects.update_or_create(
        host=storable(str(event.get("host") or ""), 120), queue_id=storable(str(event.get("queue_id") or ""), 40), time=time.astimezone(UTC),
        defaults={
            "message_id": storable(str(event.get("message_id") or "").strip().strip("<>"), 998),
            "login": storable(str(event.get("login") or ""), 254),
            "client_family": client.version if client else None,
            "client": packed(client) if client else None,
            "country": str(event.get("country") or "").upper()[:2],
            "recipients": int(event.get("recipients") or 0),
            "unknown_users": int(event.get("unknown_users") or 0),
            "source": "play" if "event" in event else "record",
        })
    return row
