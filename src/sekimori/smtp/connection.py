"""One connection of our SMTP and LMTP doors: aiosmtpd with its dangerous defaults closed.

What differs from the library here: an error inside is 451 with a constant text, never 500 with the text of the exception;
connections are counted, in all and per peer; the banner names no software; AUTH, HELP and EXPN are gone; every reply
carries an enhanced status code. The commands themselves are in `server`.
"""

from __future__ import annotations

import asyncio
import logging
import re
import ssl
from collections import defaultdict
from typing import Any

from aiosmtpd.smtp import SMTP

from sekimori.smtp.limits import Gauge, Limits, Receiver
from sekimori.values.text import one_line

log = logging.getLogger(__name__)
logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # the library logs what strangers send; we log ourselves

LOCAL_ERROR = "451 4.3.0 Local error, try again later"
COMMAND_MAX = 2048
CHUNK = 256 * 1024

_ENHANCED = re.compile(r"[245]\d\d[ -][245]\.\d{1,3}\.\d{1,3}(?: |$)")
_STATUS = {"500": "5.5.2", "501": "5.5.4", "502": "5.5.1", "503": "5.5.1", "555": "5.5.4", "552": "5.3.4"}


class Connection(SMTP):
    """One connection, without the commands."""

    session: Any
    envelope: Any
    transport: Any

    line_length_limit = CHUNK  # also the size of the stream's buffer

    def __init__(self, receiver: Receiver, *, lmtp: bool, hostname: str, limits: Limits, gauge: Gauge,
                 tls: ssl.SSLContext | None = None, loop: asyncio.AbstractEventLoop | None = None) -> None:
        self.command_size_limits: dict[str, int] = defaultdict(lambda: COMMAND_MAX)
        super().__init__(
            receiver, data_size_limit=limits.max_bytes, enable_SMTPUTF8=True, hostname=hostname,
            ident="LMTP" if lmtp else "ESMTP", tls_context=tls, timeout=limits.idle_s,
            auth_exclude_mechanism=["LOGIN", "PLAIN"], loop=loop,
            command_call_limit={"*": 1_000_000, "NOOP": 1_000, "VRFY": 20, "EHLO": 100, "LHLO": 100, "HELO": 100})
        self._receiver, self._lmtp, self._limits, self._gauge = receiver, lmtp, limits, gauge
        self._counted = ""
        for gone in ("AUTH", "HELP", "EXPN", *(("HELO", "EHLO") if lmtp else ("LHLO",))):
            self._smtp_methods.pop(gone, None)

    def connection_made(self, transport: Any) -> None:
        """Count the connection; over the limit it is told so and closed."""
        peer = transport.get_extra_info("peername")
        host = str(peer[0]) if isinstance(peer, tuple) else "local"
        gauge, limits = self._gauge, self._limits
        if not self._counted:
            if gauge.open >= limits.connections or gauge.peers[host] >= limits.connections_per_peer:
                transport.write(b"421 4.7.0 Too many connections, try again later\r\n")
                transport.close()
                self._counted = "-"
            else:
                self._counted = host
                gauge.open += 1
                gauge.peers[host] += 1
        if self._counted != "-":
            super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """Give the place of the connection back."""
        if self._counted == "-":
            return
        if self._counted:
            self._gauge.open -= 1
            self._gauge.peers[self._counted] -= 1
            if not self._gauge.peers[self._counted]:
                del self._gauge.peers[self._counted]
            self._counted = ""
        if self._handler_coroutine is not None and self._timeout_handle is not None:
            super().connection_lost(error)

    def data_received(self, data: bytes) -> None:
        """Pass octets on, unless this connection was turned away."""
        if self._counted != "-":
            super().data_received(data)

    def eof_received(self) -> bool | None:
        """A client that closes its half is gone; what it had not finished is not kept."""
        return False if self._counted == "-" else super().eof_received()

    async def _handle_client(self) -> None:
        try:
            await super()._handle_client()
        except (ConnectionError, TimeoutError):
            pass  # the client went away; what was committed stays, and a repeat is merged

    def _timeout_cb(self) -> None:
        if self.transport is not None:
            self._writer.write(b"421 4.4.2 Timeout, closing connection\r\n")
            super()._timeout_cb()  # type: ignore[no-untyped-call]

    async def handle_exception(self, error: Exception) -> str:
        """Answer 451 with a constant text: the sender keeps the mail and learns nothing of our inside."""
        log.error("session error: %s", type(error).__name__, exc_info=error)
        return LOCAL_ERROR

    async def push(self, status: str | bytes) -> None:
        """Send one reply line, with an enhanced status code where the library's text has none (RFC 2034 §4)."""
        text = status if isinstance(status, str) else status.decode("ascii", "replace")
        if text[:1] in "245" and text[:3] not in {"220", "354"} and not _ENHANCED.match(text):
            text = f"{text[:3]} {_STATUS.get(text[:3], text[0] + '.0.0')} {one_line(text[4:], 200)}"
        await super().push(text)

    async def _plain(self, *lines: str) -> None:
        """Send a multi-line reply that carries no status codes (the answers to HELO, EHLO and LHLO)."""
        last = len(lines) - 1
        self._writer.write(b"".join(
            f"250{' ' if i == last else '-'}{line}\r\n".encode("ascii") for i, line in enumerate(lines)))
        await self._writer.drain()

    def _create_envelope(self) -> Any:
        envelope = super()._create_envelope()
        envelope.mail_from = None
        return envelope

    def _peer(self) -> str:
        peer = self.session.peer
        return str(peer[0]) if isinstance(peer, tuple) else "local"
