# ruff: noqa: N802 - the library finds the commands by these names
"""The commands of our SMTP and LMTP doors, and the listening server.

What differs from the library here (each has a test): lines may be of any length; LMTP answers once per recipient
(RFC 2033 §4.2); recipients, refused recipients and octets in memory are capped; addresses are read leniently.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Sequence

from sekimori.smtp.connection import CHUNK, LOCAL_ERROR, Connection
from sekimori.smtp.dotted import Dotted
from sekimori.smtp.envelope import Envelope, path
from sekimori.smtp.limits import Gauge, Limits, Receiver
from sekimori.values.text import storable

log = logging.getLogger(__name__)

BUSY = "451 4.3.1 System busy, try again later"
REFUSED_MAX = 50
"""Refused recipients in one session before we hang up: nobody harvests addresses here."""
OVERSIZE_MAX = 4
"""A message over the limit is read to its end, so that its sender hears 552; beyond so many times the limit we hang up."""


class Door(Connection):
    """One connection with its commands."""

    _refused = 0

    async def smtp_HELO(self, hostname: str | None) -> None:
        """Plain SMTP's greeting."""
        if not hostname:
            await self.push("501 5.5.4 Syntax: HELO hostname")
            return
        self._set_rset_state()  # type: ignore[no-untyped-call]
        self.session.extended_smtp = False
        self.session.host_name = storable(hostname, 255)
        await self._plain(self.hostname)

    async def smtp_EHLO(self, hostname: str | None) -> None:
        """The greeting, and what we offer."""
        if not hostname:
            await self.push("501 5.5.4 Syntax: hostname is missing")
            return
        self._set_rset_state()  # type: ignore[no-untyped-call]
        self.session.extended_smtp = True
        self.session.host_name = storable(hostname, 255)
        tls = ["STARTTLS"] if self.tls_context and not self._tls_protocol else []
        await self._plain(self.hostname, f"SIZE {self._limits.max_bytes}", "8BITMIME", "SMTPUTF8", "PIPELINING",
                          "ENHANCEDSTATUSCODES", *tls)

    async def smtp_LHLO(self, hostname: str | None) -> None:
        """LMTP's greeting (RFC 2033 §4.1); EHLO and HELO are not to be had there."""
        await self.smtp_EHLO(hostname)

    async def smtp_VRFY(self, arg: str | None) -> None:
        """Say neither yes nor no (RFC 5321 §7.3)."""
        await self.push("252 2.1.5 Send some mail, we shall see")

    async def smtp_MAIL(self, arg: str | None) -> None:
        """`MAIL FROM:<…>` with SIZE, BODY and SMTPUTF8."""
        if await self.check_helo_needed("LHLO" if self._lmtp else "EHLO"):
            return
        found = path(arg[5:]) if arg and arg[:5].upper() == "FROM:" else None
        if found is None:
            await self.push("501 5.1.7 Syntax: MAIL FROM:<address>")
            return
        if self.envelope.mail_from is not None:
            await self.push("503 5.5.1 One MAIL at a time")
            return
        address, parameters = found
        size = parameters.pop("SIZE", "0")
        body = parameters.pop("BODY", "7BIT").upper()
        for known in ("SMTPUTF8", "RET", "ENVID", "AUTH"):
            parameters.pop(known, None)
        if parameters or body not in {"7BIT", "8BITMIME"}:
            await self.push("555 5.5.4 This parameter is not implemented")
        elif not size.isascii() or not size.isdigit():
            await self.push("501 5.5.4 Syntax: SIZE=octets")
        elif len(size) > 12 or int(size) > self._limits.max_bytes:
            self._too_large(size[:12])
            await self.push(f"552 5.3.4 Larger than {self._limits.max_bytes} octets; use our web form or API")
        else:
            self.envelope.mail_from = storable(address)
            await self.push("250 2.1.0 OK")

    async def smtp_RCPT(self, arg: str | None) -> None:
        """`RCPT TO:<…>`."""
        if self.envelope.mail_from is None:
            await self.push("503 5.5.1 MAIL first")
            return
        found = path(arg[3:]) if arg and arg[:3].upper() == "TO:" else None
        if found is None or not found[0]:
            await self.push("501 5.1.3 Syntax: RCPT TO:<address>")
            return
        address, parameters = found
        if set(parameters) - {"ORCPT", "NOTIFY"}:
            await self.push("555 5.5.4 This parameter is not implemented")
        elif len(self.envelope.rcpt_tos) >= self._limits.max_recipients:
            await self.push("452 4.5.3 Too many recipients, send the rest in another transaction")
        elif refusal := self._receiver.recipient(address):
            self._refused += 1
            await self.push(refusal)
            if self._refused >= REFUSED_MAX:
                await self.push("421 4.7.0 Too many unknown recipients")
                self.transport.close()
        else:
            self.envelope.rcpt_tos.append(storable(address))
            await self.push("250 2.1.5 OK")

    async def smtp_DATA(self, arg: str | None) -> None:
        """Receive one message and answer what became of it: once per recipient over LMTP, once over SMTP."""
        recipients = tuple(self.envelope.rcpt_tos)
        if arg:
            await self.push("501 5.5.4 Syntax: DATA")
            return
        if not recipients:
            await self.push("503 5.5.1 RCPT first")
            return
        await super().push("354 End data with <CR><LF>.<CR><LF>")
        raw, refusal = await self._read_data()
        if raw is None:
            replies: Sequence[str] = [refusal] * len(recipients)
        else:
            envelope = Envelope(self.envelope.mail_from, recipients, raw, self._peer(), self.session.host_name or "",
                                self._tls_protocol is not None)
            replies = await self._deliver(envelope)
        self._set_post_data_state()  # type: ignore[no-untyped-call]
        if self._lmtp:
            self._writer.write("".join(f"{r}\r\n" for r in replies).encode("ascii", "replace"))
            await self._writer.drain()
        else:
            await self.push(max(replies, key=lambda r: (r[0] == "4", r[0])))

    async def _deliver(self, envelope: Envelope) -> Sequence[str]:
        try:
            replies = await self._receiver.deliver(envelope)
            self._gauge.received += 1
        except Exception as e:  # whatever it is, the sender must keep the mail and try again
            log.error("a message could not be taken: %s", type(e).__name__, exc_info=e)
            return [LOCAL_ERROR] * len(envelope.rcpt_to)
        if len(replies) != len(envelope.rcpt_to):
            raise AssertionError("one reply per recipient")
        return replies

    async def _read_data(self) -> tuple[bytes | None, str]:
        """Read up to the final dot: (octets, "") or (None, the refusal)."""
        data = Dotted(self._limits.max_bytes)
        loop = asyncio.get_running_loop()
        started, counted, busy = loop.time(), 0, False
        try:
            while True:
                chunk = await self._reader.read(CHUNK)
                if not chunk:
                    raise ConnectionResetError
                rest = data.feed(chunk)
                self._gauge.octets += len(data) - counted
                counted = len(data)
                if rest is not None:
                    break
                if loop.time() - started > self._limits.data_s or data.received > OVERSIZE_MAX * self._limits.max_bytes:
                    raise ConnectionResetError  # it drips for ever, or never ends
                if self._gauge.octets > self._limits.memory_bytes and not data.too_much:
                    busy = data.too_much = True
                self._reset_timeout()
        except ConnectionResetError:
            raise
        except Exception as e:
            # Anything but a reset would let the library read the rest of the message as commands.
            log.error("DATA was broken off: %s", type(e).__name__, exc_info=e)
            raise ConnectionResetError from e
        finally:
            self._gauge.octets -= counted
        if rest:
            self._reader._buffer[:0] = rest  # type: ignore[attr-defined] # pipelined commands (RFC 2920) go back to where commands are read from
        if busy:
            return None, BUSY
        if data.too_much:
            self._too_large("unstated")
            return None, f"552 5.3.4 Larger than {self._limits.max_bytes} octets; use our web form or API"
        return data.octets(), ""

    def _too_large(self, stated: str) -> None:
        self._gauge.oversize += 1
        log.warning("refused for size: stated=%s peer=%s", stated, self._peer())


async def listen(receiver: Receiver, host: str, port: int, *, lmtp: bool, hostname: str, limits: Limits | None = None,
                 tls: ssl.SSLContext | None = None, gauge: Gauge | None = None) -> asyncio.Server:
    """Listen on one address and return the running server. Raises OSError where the address is taken."""
    chosen, shared = limits or Limits(), gauge or Gauge()
    loop = asyncio.get_running_loop()

    def connection() -> Door:
        return Door(receiver, lmtp=lmtp, hostname=hostname, limits=chosen, gauge=shared, tls=tls, loop=loop)

    return await loop.create_server(connection, host, port, backlog=512)
