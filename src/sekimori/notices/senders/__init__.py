"""How a notice leaves: one module a channel, one explicit dict."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from sekimori.settings import Settings

if TYPE_CHECKING:
    from sekimori.notices.models import Notice

Sender = Callable[["Notice", Settings, datetime], None]


def send(notice: Notice, settings: Settings, now: datetime) -> None:
    """Send a notice over its channel.

    Raises Outage (permanent or not) and Refused as smtp.outgoing does; KeyError for a channel without a sender (a bug).
    """
    from sekimori.notices.senders import mail, post, sms

    registry: dict[str, Sender] = {**dict.fromkeys(mail.CHANNELS, mail.send), "letter": post.send, "sms": sms.send}
    registry[notice.channel](notice, settings, now)
