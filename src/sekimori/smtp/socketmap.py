"""A server for Postfix's socketmap tables (socketmap_table(5)): one netstring asks, one netstring answers.

Request `NAME KEY`; answer `OK DATA`, `NOTFOUND `, `TEMP REASON` or `PERM REASON`. Neither side is authenticated: listen on
loopback or a closed network only.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable

from sekimori.smtp.until import run_until_signal
from sekimori.values.hostport import host_port

log = logging.getLogger("sekimori.socketmap")
REQUEST_MAX = 2_000
"""Octets of a request; an address has at most 254."""
IDLE_S = 600.0
"""Postfix closes what is idle for 10 s by itself; a client that never does may not stay for ever."""

Lookup = Callable[[str, str], str | None]
"""(map, key) → data, or None for "not found". Raises NoSuchMap."""


class NoSuchMap(LookupError):
    """A map was asked that is not served: a wrong name in main.cf."""


class Malformed(ValueError):
    """What came is no netstring."""


def netstring(data: bytes) -> bytes:
    """Return octets as a netstring: length in decimal, colon, octets, comma."""
    return b"%d:%b," % (len(data), data)


async def read_netstring(reader: asyncio.StreamReader, limit: int = REQUEST_MAX) -> bytes:
    """Read one netstring of at most `limit` octets.

    Raises Malformed, asyncio.IncompleteReadError where the client stops (with b"" read: between two requests).
    """
    size = b""
    while (c := await reader.readexactly(1)) != b":":
        if not c.isdigit() or len(size) == len(str(limit)):
            raise Malformed("no length")
        size += c
    if not size or (size[:1] == b"0" and len(size) > 1) or int(size) > limit:
        raise Malformed("no length that is allowed")
    data = await reader.readexactly(int(size) + 1)
    if data[-1:] != b",":
        raise Malformed("no comma at the end")
    return data[:-1]


def answer(request: bytes, lookup: Lookup) -> bytes:
    """Return the reply to one request. Never raises: a fault of ours is "not found", so that mail is not held up by it."""
    try:
        name, space, key = request.decode("utf-8").partition(" ")
    except UnicodeDecodeError:
        return b"NOTFOUND "
    if not space:
        return b"PERM NAME KEY is expected"
    try:
        data = lookup(name, key)
    except NoSuchMap:
        return b"PERM there is no such map"
    except Exception:
        log.exception("socketmap.fault map=%s", name[:20].encode("ascii", "replace").decode())
        return b"NOTFOUND "
    return b"NOTFOUND " if data is None else b"OK " + data.encode("utf-8", "replace")


async def serve(lookup: Lookup, host: str, port: int, *, idle_s: float = IDLE_S) -> asyncio.Server:
    """Listen; each connection may ask many times. Raises OSError where the address cannot be taken."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                async with asyncio.timeout(idle_s):
                    request = await read_netstring(reader)
                writer.write(netstring(answer(request, lookup)))
                await writer.drain()
        except Malformed as e:
            writer.write(netstring(f"PERM {e}".encode()))
        except (asyncio.IncompleteReadError, TimeoutError, ConnectionError, asyncio.CancelledError):
            pass  # cancelled: the server ends, and this task with it (Python 3.11's streams would print a trace)
        finally:
            writer.close()

    return await asyncio.start_server(handle, host, port)


def ask(listen: str, name: str, key: str, *, timeout_s: float = 5.0) -> str | None:
    """Ask a map as Postfix would, at HOST:PORT. Returns its data, None for "not found".

    Raises OSError where nobody answers, or answers otherwise than by OK or NOTFOUND.
    """
    try:
        with socket.create_connection(host_port(listen), timeout=timeout_s) as s, s.makefile("rb") as f:
            s.sendall(netstring(f"{name} {key}".encode()))
            size = f.read1(1)
            while size[-1:].isdigit() and len(size) < 7:
                size += f.read1(1)
            reply = f.read(int(size[:-1])).decode("utf-8", "replace")
    except ValueError as e:
        raise OSError("this is no socketmap") from e
    word, _, data = reply.partition(" ")
    if word not in ("OK", "NOTFOUND"):
        raise OSError(f"the map answers {word[:20]}")
    return data if word == "OK" else None


def run(lookup: Lookup, host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT. Raises OSError where the address cannot be taken."""
    run_until_signal(lambda: serve(lookup, host, port))
