"""A Postfix policy service (SMTPD_POLICY_README): refuses the logins on the list, or slows them to so many recipients an hour.

NAME
    sekimori actuators policy
SYNOPSIS
    smtpd_recipient_restrictions = check_policy_service inet:127.0.0.1:2430, permit_sasl_authenticated, reject
DIAGNOSTICS
    Fails open: a list that cannot be read refuses nobody, and says so once a minute on standard error. Doubt about mail
    delivers (house rule 6); the measure shows as unverified.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import defaultdict, deque
from pathlib import Path

from sekimori.smtp.until import run_until_signal

log = logging.getLogger("sekimori.policyd")
MAX_REQUEST = 16_384
HOUR_S = 3600
TEXT = "5.7.1 Sending is restricted for this account. Sign in to My page or call us for the reason and what to do."
SLOW = "4.7.1 Sending is slowed down for this account. Please try again later."


class Policy:
    """Answers policy requests from a list file that is read anew when it changes."""

    def __init__(self, path: Path, *, per_hour: int = 0) -> None:
        """`per_hour` > 0: listed logins may still write to so many recipients an hour (a milder restriction)."""
        self._path, self._per_hour = path, per_hour
        self._stamp: tuple[int, int] | None = None
        self._listed: frozenset[str] = frozenset()
        self._sent: dict[str, deque[float]] = defaultdict(deque)
        self._complained = 0.0

    def answer(self, request: dict[str, str], now: float) -> str:
        """Return the action for one request (attributes as Postfix names them); `now` in seconds, any origin."""
        login = request.get("sasl_username", "").lower()
        if not login or login not in self._logins(now):
            return "DUNNO"
        if not self._per_hour:
            return f"REJECT {TEXT}"
        sent = self._sent[login]
        while sent and sent[0] < now - HOUR_S:
            sent.popleft()
        if len(sent) >= self._per_hour:
            return f"DEFER {SLOW}"
        sent.append(now)
        return "DUNNO"

    def _logins(self, now: float) -> frozenset[str]:
        try:
            stat = self._path.stat()
            if (stat.st_mtime_ns, stat.st_ino) != self._stamp:
                self._listed = frozenset(line.split()[0].lower() for line in self._path.read_text(encoding="utf-8").splitlines() if line.strip())
                self._stamp = (stat.st_mtime_ns, stat.st_ino)
        except FileNotFoundError:
            self._listed, self._stamp = frozenset(), None
        except OSError as e:
            if now - self._complained > 60:
                self._complained = now
                log.error("policyd.list_unreadable %s", e)
        return self._listed


async def serve(policy: Policy, host: str, port: int) -> asyncio.Server:
    """Listen; each connection may ask many times."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                block = await reader.readuntil(b"\n\n")
                request = dict(line.split("=", 1) for line in block.decode("utf-8", "replace").splitlines() if "=" in line)
                writer.write(f"action={policy.answer(request, time.monotonic())}\n\n".encode())
                await writer.drain()
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError, ValueError, asyncio.CancelledError):
            pass  # cancelled: the server ends, and this task with it (Python 3.11's streams would print a trace)
        finally:
            writer.close()

    return await asyncio.start_server(handle, host, port, limit=MAX_REQUEST)


def run(policy: Policy, host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT."""
    run_until_signal(lambda: serve(policy, host, port))
