"""A raw SMTP/LMTP client, and one of our servers in a thread: for tests of what really goes over the wire."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sekimori.demo.servers.loopback import free_port  # noqa: F401 - tests find it here
from sekimori.smtp.envelope import Envelope
from sekimori.smtp.limits import Gauge, Limits
from sekimori.smtp.server import listen


class Wire:
    """A client that sends exactly the octets that it is told to."""

    def __init__(self, port: int, timeout: float = 15.0) -> None:
        self.socket: socket.socket = socket.create_connection(("127.0.0.1", port), timeout=timeout)
        self._file = self.socket.makefile("rb")
        try:
            self.banner = self.reply()
        except OSError:
            self.close()
            raise

    def send(self, octets: bytes) -> None:
        self.socket.sendall(octets)

    def reply(self) -> bytes:
        """Return the next reply, all its lines joined."""
        lines = []
        while True:
            line = self._file.readline()
            lines.append(line)
            if line[3:4] != b"-":
                return b"".join(lines)

    def say(self, line: bytes) -> bytes:
        self.send(line + b"\r\n")
        return self.reply()

    def envelope(self, *recipients: bytes, hello: bytes = b"LHLO", mail_from: bytes = b"reporter@example.com") -> list[bytes]:
        return [self.say(hello + b" client.example"), self.say(b"MAIL FROM:<%s>" % mail_from),
                *(self.say(b"RCPT TO:<%s>" % r) for r in recipients)]

    def data(self, octets: bytes, replies: int = 1) -> list[bytes]:
        """Send DATA and octets (already dot-stuffed, without the final dot) and return the replies."""
        go = self.say(b"DATA")
        assert go.startswith(b"354"), go
        self.send(octets + b".\r\n")
        return [self.reply() for _ in range(replies)]

    def starttls(self) -> None:
        """Change to TLS on this connection after the server's 220."""
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        self._file.close()
        self.socket = context.wrap_socket(self.socket)
        self._file = self.socket.makefile("rb")

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._file.close()
        self.socket.close()

    def __enter__(self) -> Wire:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@dataclass
class Keeper:
    """A receiver that remembers what it was given; `unknown@` is no recipient of it."""

    envelopes: list[Envelope] = field(default_factory=list)
    fault: Exception | None = None
    replies: Sequence[str] = ()

    def recipient(self, address: str) -> str | None:
        return "550 5.1.1 No such recipient here" if address.startswith("unknown") else None

    async def deliver(self, envelope: Envelope) -> Sequence[str]:
        await asyncio.sleep(0)
        if self.fault:
            raise self.fault
        self.envelopes.append(envelope)
        return self.replies or ["250 2.0.0 Kept"] * len(envelope.rcpt_to)


@contextlib.contextmanager
def running(receiver: object, *, lmtp: bool = True, limits: Limits | None = None, tls: ssl.SSLContext | None = None,
            gauge: Gauge | None = None) -> Iterator[int]:
    """Run a server in a thread and give its port."""
    loop = asyncio.new_event_loop()
    ready = threading.Event()
    port = 0
    end = asyncio.Event()

    async def serve() -> None:
        nonlocal port
        loop.set_exception_handler(lambda _loop, _context: None)
        server = await listen(receiver, "127.0.0.1", 0, lmtp=lmtp, hostname="door.example", limits=limits, tls=tls, gauge=gauge)
        port = server.sockets[0].getsockname()[1]
        ready.set()
        await end.wait()
        server.close()
        others = [t for t in asyncio.all_tasks() if t is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    assert ready.wait(10)
    try:
        yield port
    finally:
        loop.call_soon_threadsafe(end.set)
        thread.join(10)
        loop.close()
