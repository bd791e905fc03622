"""What the log parsers hand out. Pure values; times are microseconds since 1970-01-01 UTC."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

KEPT_MAX = 10_000
"""Refused lines kept for the file of refused rows."""


@dataclass(slots=True, eq=False)
class Mail:
    """One queue id of one host, as far as the log has told by now."""

    host: str
    queue_id: str
    first: int
    """Time of the first line seen."""
    started: bool = False
    """The line that opened the queue id was seen; otherwise these lines go on with a mail that is stored already."""
    wanted: bool = True
    """False for mail from outside (not ours to keep): its lines are only swallowed."""
    login: str = ""
    client: str = ""
    client_port: int | None = None
    message_id: str = ""
    parent_queue_id: str = ""
    recipients: int = 0
    unknown_users: int = 0
    ended: int | None = None
    source: str = "smtpd"
    changed: bool = True


class HandedOver(NamedTuple):
    """A delivery to one of our own servers that answered "queued as"."""

    host: str
    queue_id: str
    at: int
    relay: str
    child_queue_id: str


class SignedIn(NamedTuple):
    """A successful sign-in."""

    host: str
    service: str
    login: str
    client: str
    session: str
    time: int


@dataclass(slots=True)
class Counts:
    """What became of the lines."""

    read: int = 0
    ignored: int = 0
    """Lines that tell nothing about members' mail: other programs, inbound mail, failures."""
    refused: dict[str, int] = field(default_factory=dict)
    kept: list[tuple[int, str, str]] = field(default_factory=list)
    """Number, reason and text of the first refused lines."""

    def refuse(self, code: str, text: str = "") -> None:
        """Count a line as unreadable, and keep it."""
        self.refused[code] = self.refused.get(code, 0) + 1
        if len(self.kept) < KEPT_MAX:
            self.kept.append((self.read, code, text))
