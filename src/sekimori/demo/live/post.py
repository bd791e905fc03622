"""Hand a scenario's mail in as the world does: reports to the border, members' mail by submission."""

from __future__ import annotations

import re
import smtplib
import time
from datetime import datetime

from django.db.models import Sum

from sekimori.demo.live.equipment import BORDER, PASSWORD, VICTIM, Equipment
from sekimori.demo.play.ways import NotTaken
from sekimori.intake.models import Message
from sekimori.mime import read
from sekimori.settings import current

WAIT_S, TIMEOUT_S = 30.0, 30.0
RECIPIENTS = 20
"""A submission is handed in with so many recipients at most; its record says how many there were."""
_QUEUED = re.compile(rb"queued as ([0-9A-Za-z]{6,20})")


class Post:
    """The ways into the provider (demo.play.ways), by its real servers."""

    def __init__(self, equipment: Equipment) -> None:
        self._equipment = equipment
        self._queue: dict[str, str] = {}
        self.notes: list[dict[str, str]] = []

    def report(self, raw: bytes, sender: str | None, authenticated: bool, now: datetime) -> None:
        """Hand a report to the border and wait until the desk has it. Raises NotTaken."""
        mail = read(raw)
        authors = [m.address for m in mail.headers.addresses("from")]
        envelope = sender or next(iter(authors), "")
        if authenticated and authors:
            # What a border writes below its own Received when it has checked the sender (RFC 8601).
            raw = f"Authentication-Results: {BORDER}; dkim=pass header.d={authors[0].rpartition('@')[2]}\r\n".encode() + raw
        before = _received()
        with smtplib.SMTP("127.0.0.1", self._equipment.postfix.port, timeout=TIMEOUT_S) as client:
            try:
                client.sendmail(envelope, [current().abuse_address], raw, ["BODY=8BITMIME"])
            except smtplib.SMTPException as e:
                raise NotTaken(f"the border did not take the report: {e}") from e
        until = time.monotonic() + WAIT_S
        while _received() == before:
            if time.monotonic() > until:
                raise NotTaken("the report did not reach the desk")
            time.sleep(0.02)

    def submit(self, story: str, login: str, recipients: int) -> str:
        """Hand a member's mail in; returns the queue id to be recorded. Raises NotTaken.

        Where the login is refused the story goes on as told: it stands in the log under its own id, and a note says so.
        """
        with smtplib.SMTP("127.0.0.1", self._equipment.submission, timeout=TIMEOUT_S) as client:
            try:
                client.login(login, PASSWORD)
            except smtplib.SMTPAuthenticationError as e:
                return self._refused(story, login, e.smtp_code, e.smtp_error)
            client.mail(login)
            for n in range(min(max(recipients, 1), RECIPIENTS)):
                code, text = client.rcpt(f"r{n}@{VICTIM}")
                if code != 250:
                    return self._refused(story, login, code, text)
            _, answer = client.data(f"From: {login}\r\nSubject: {story}\r\n\r\n{story}\r\n".encode())
        queued = _QUEUED.search(answer)
        if queued is None:
            raise NotTaken(f"the submission server said {answer.decode('utf-8', 'replace')}")
        return self._named(story, queued.group(1).decode())

    def named(self, story: str) -> str:
        """Return what Postfix called the mail that the story calls so."""
        return self._queue.get(story, story)

    def _refused(self, story: str, login: str, code: int, text: bytes | str) -> str:
        said = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
        self.notes.append({"live": "submission", "queue_id": story, "login": login, "refused": f"{code} {said}"})
        return self._named(story, story.rjust(6, "0"))

    def _named(self, story: str, real: str) -> str:
        self._queue[story] = real
        return real


def _received() -> int:
    return int(Message.objects.aggregate(n=Sum("copies"))["n"] or 0)
