"""The ways by which a story's mail gets into the provider: inside this process, or (`--live`) by real servers."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from sekimori.intake.receive import receive
from sekimori.settings import current


class NotTaken(Exception):
    """A server of ours did not take the mail; the text is its answer."""


class Ways(Protocol):
    """`notes` are lines to be printed: what the story could not do as told."""

    notes: list[dict[str, str]]

    def report(self, raw: bytes, sender: str | None, authenticated: bool, now: datetime) -> None:
        """Bring a report to the desk; it is kept when this returns. Raises NotTaken."""
        ...

    def submit(self, story: str, login: str, recipients: int) -> str:
        """Hand in a member's mail that the story calls by a queue id; returns the real one. Raises NotTaken."""
        ...

    def named(self, story: str) -> str:
        """Return the real queue id of what the story calls so."""
        ...


class Inside:
    """No server: the report is received as the LMTP door would, a submission is only told."""

    def __init__(self) -> None:
        self.notes: list[dict[str, str]] = []

    def report(self, raw: bytes, sender: str | None, authenticated: bool, now: datetime) -> None:
        """Keep the report."""
        receive(raw, mail_from=sender, rcpt_to=[current().abuse_address], door="lmtp", peer="127.0.0.1", now=now, authenticated=authenticated)

    def submit(self, story: str, login: str, recipients: int) -> str:
        """Return the story's own queue id."""
        return story

    def named(self, story: str) -> str:
        """Return the story's own queue id."""
        return story
