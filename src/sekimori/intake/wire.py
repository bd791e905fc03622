"""The receiver behind the LMTP and SMTP doors: prepares, queues, and answers 250 only after COMMIT."""

from __future__ import annotations

import asyncio
import errno
import logging
from collections.abc import Sequence

from sekimori.intake.arrival import Arrival, is_large, prepare
from sekimori.intake.committer import DISK_FULL, NOT_STORED, Busy, Committer
from sekimori.intake.ours import Ours
from sekimori.smtp.envelope import Envelope
from sekimori.smtp.guard import log_text
from sekimori.values.clock import Clock

log = logging.getLogger(__name__)

KEPT = "250 2.0.0 Kept"
UNKNOWN = "550 5.1.1 No such recipient here"


class WireReceiver:
    """Takes mail for the desk's own addresses; one COMMIT stands behind all replies of one message."""

    def __init__(self, committer: Committer, ours: Ours, clock: Clock, *, door: str) -> None:
        self._committer, self._ours, self._clock, self._door = committer, ours, clock, door
        # LMTP comes from our own mail server, which has looked at the domain (it may serve more than the settings name).
        self._any_domain = door == "lmtp"

    def recipient(self, address: str) -> str | None:
        """Take the desk's own addresses, refuse all others for good: we relay for nobody."""
        if self._ours.purpose(address, any_domain=self._any_domain):
            return None
        if self._any_domain:
            # Our own mail server hands this address over on purpose: more likely a setting is missing than a stranger guesses.
            log.warning("refused a recipient that the mail server handed over: %s (mail.abuse_localparts?)", log_text(address, 100))
        return UNKNOWN

    async def deliver(self, envelope: Envelope) -> Sequence[str]:
        """Keep one message for all its recipients."""
        return [await self._keep(envelope)] * len(envelope.rcpt_to)

    async def _keep(self, envelope: Envelope) -> str:
        arrival = Arrival(envelope.raw, envelope.mail_from, envelope.rcpt_to, self._door, envelope.peer, self._clock.now())
        try:
            if not self._committer.has_room():
                return DISK_FULL
            if is_large(envelope.raw):
                ready = await asyncio.to_thread(prepare, arrival, self._ours)
            else:
                ready = prepare(arrival, self._ours)
            await asyncio.wrap_future(self._committer.submit(ready))
        except Busy as e:
            return e.reply
        except OSError as e:
            self._committer.judge(e)
            return DISK_FULL if e.errno == errno.ENOSPC else NOT_STORED
        return KEPT
