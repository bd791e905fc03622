"""The IMAP door: collects a mailbox. Stored here first, then moved to `Processed` there; nothing is ever deleted.

At least once: a crash between COMMIT and MOVE collects the message again, and the same octets are the same row. Without
MOVE (RFC 6851) the message is copied and flagged \\Seen and \\Deleted only after the copy, and only by UID (UIDPLUS).
"""

from __future__ import annotations

import contextlib
import logging
import ssl
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Protocol

from imapclient import IMAPClient

from sekimori.intake.arrival import Arrival, Ready, prepare, recipients_of, sender_of
from sekimori.intake.committer import Busy
from sekimori.intake.ours import Ours
from sekimori.mime import read
from sekimori.settings.types import Imap
from sekimori.values.clock import Clock
from sekimori.values.outcomes import Outage

log = logging.getLogger(__name__)

TIMEOUT_S = 60
COMMIT_S = 60.0
BATCH = 50
"""Messages looked at in one round; each is fetched, stored and moved by itself."""


@dataclass(slots=True)
class Round:
    """One look at the mailbox: messages stored and moved, too large to be fetched (left where they are), gone."""

    stored: int = 0
    too_large: int = 0
    vanished: int = 0
    more: bool = False


def connect(settings: Imap, *, max_bytes: int) -> IMAPClient:
    """Log in. No literal over twice `max_bytes` is read, whatever size the server announces.

    Raises Outage where the server is away or refuses us.
    """
    client = None
    try:
        context = ssl.create_default_context() if settings.tls else None
        client = IMAPClient(settings.host, settings.port, ssl=settings.tls, ssl_context=context, timeout=TIMEOUT_S)
        _cap_literals(client, 2 * max_bytes)
        client.login(settings.user, settings.password)
    except Exception as e:  # the library meets an odd answer with AttributeError or ValueError: an outage like the others
        if client is not None:
            client.shutdown()
        raise Outage(f"IMAP {settings.host}: {type(e).__name__}") from e
    return client


def leave(client: IMAPClient) -> None:
    """Log out, or at least close the connection; never raises."""
    try:
        client.logout()
    except Exception:  # noqa: BLE001 - a stream out of step cannot log out
        with contextlib.suppress(Exception):
            client.shutdown()


def _cap_literals(client: IMAPClient, limit: int) -> None:
    """Python's imaplib reads a literal of any announced size into memory; ours breaks the connection off instead."""
    read = client._imap.read

    def capped(size: int) -> bytes:
        if size > limit:
            raise OSError(f"a literal of {size} octets")
        octets: bytes = read(size)
        return octets

    client._imap.read = capped


class Keeper(Protocol):
    """What makes a message durable: the receiving process's committer, or for a feed one COMMIT each."""

    def submit(self, ready: Ready) -> Future[Any]:
        """Take one message; the future ends when it is durable. Raises Busy."""
        ...


class Collector:
    """Collects one folder. Keeps UIDVALIDITY: UIDs remembered under another one mean nothing (RFC 3501 §2.3.1.1).

    `peer` is kept with each message (the name of a feed).
    """

    def __init__(self, settings: Imap, *, committer: Keeper, ours: Ours, clock: Clock, max_bytes: int, peer: str = "") -> None:
        self._settings, self._committer, self._ours, self._clock, self._max, self._peer = settings, committer, ours, clock, max_bytes, peer
        self._validity = -1
        self._left: set[int] = set()
        """UIDs that stay in the folder for a reason of their own (too large), so that they are not looked at each time."""

    def collect(self, client: IMAPClient) -> Round:
        """Store and move what is in the folder now, at most a batch.

        Raises Outage where server or storage fails; what was stored before stays stored, what was not stays there.
        """
        outcome = Round()
        try:
            self._select(client)
            waiting = [uid for uid in client.search(["NOT", "DELETED"]) if uid not in self._left]
            outcome.more = len(waiting) > BATCH
            for uid in sorted(waiting)[:BATCH]:
                self._one(client, uid, outcome)
        except Outage:
            raise
        except Exception as e:  # as in connect()
            raise Outage(f"IMAP {self._settings.host}: {type(e).__name__}") from e
        return outcome

    def _select(self, client: IMAPClient) -> None:
        answer = client.select_folder(self._settings.folder)
        validity = int(answer.get(b"UIDVALIDITY", 0))
        if validity != self._validity:
            if self._validity >= 0:
                log.warning("UIDVALIDITY of %s changed; all of it is collected again, repeats are merged", self._settings.folder)
            self._validity, self._left = validity, set()
        if not client.folder_exists(self._settings.done_folder):
            client.create_folder(self._settings.done_folder)

    def _one(self, client: IMAPClient, uid: int, outcome: Round) -> None:
        size = client.fetch([uid], ["RFC822.SIZE"]).get(uid, {}).get(b"RFC822.SIZE")
        if size is None:
            outcome.vanished += 1
            return
        if size > self._max:
            self._left.add(uid)
            outcome.too_large += 1
            log.warning("left in the mailbox for its size: uid=%d size=%d", uid, size)
            return
        raw = _octets(client.fetch([uid], ["BODY.PEEK[]"]).get(uid, {}))
        if raw is None:
            outcome.vanished += 1
            return
        if len(raw) > 2 * self._max:
            raise Outage("the IMAP server sent another size than it stated")
        self._keep(raw)
        outcome.stored += 1
        self._move(client, uid)

    def _keep(self, raw: bytes) -> None:
        mail = read(raw)
        arrival = Arrival(raw, sender_of(mail), recipients_of(mail, self._ours), "imap", self._peer, self._clock.now())
        try:
            self._committer.submit(prepare(arrival, self._ours)).result(COMMIT_S)
        except (Busy, TimeoutError) as e:
            raise Outage(f"storage is busy: {e}") from e

    def _move(self, client: IMAPClient, uid: int) -> None:
        target = self._settings.done_folder
        if client.has_capability("MOVE"):
            client.move([uid], target)
            return
        client.copy([uid], target)
        client.add_flags([uid], [b"\\Seen", b"\\Deleted"])
        if client.has_capability("UIDPLUS"):
            client.uid_expunge([uid])


def _octets(data: dict[Any, Any]) -> bytes | None:
    value = data.get(b"BODY[]")
    return value if isinstance(value, bytes) else None
