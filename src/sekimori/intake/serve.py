"""The receiving process: doors, one committer, housekeeping; ends on SIGTERM after what waits is committed."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import ssl
import threading
from dataclasses import dataclass

from sekimori.evidence import durable
from sekimori.intake import housekeeping
from sekimori.intake.committer import Committer
from sekimori.intake.doors import imap, lmtp, smtp
from sekimori.intake.ours import Ours
from sekimori.settings import Settings
from sekimori.smtp.limits import Gauge, Limits
from sekimori.values.clock import Clock
from sekimori.values.outcomes import Outage

log = logging.getLogger(__name__)

DRAIN_S = 15.0
BACK_OFF_MAX_S = 600.0


@dataclass(frozen=True, slots=True)
class Doors:
    """Which doors to open: (host, port) or None."""

    lmtp: tuple[str, int] | None = None
    smtp: tuple[str, int] | None = None
    imap: bool = False


async def serve(doors: Doors, *, settings: Settings, clock: Clock, started: threading.Event | None = None,
                stop: asyncio.Event | None = None) -> str:
    """Receive until SIGTERM, SIGINT or `stop`. Returns "" or why it had to end.

    Raises durable.NotDurable where COMMIT would not mean "on the disk", OSError where an address is taken.
    """
    await asyncio.to_thread(durable.require)
    ours = Ours.of(settings)
    committer = Committer(settings.data, queue_max=settings.mail.queue_max, min_free_bytes=settings.mail.min_free_bytes)
    committer.start()
    ending = stop or asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(_quiet)
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(RuntimeError, ValueError):  # not in the main thread: a test stops by `stop`
            loop.add_signal_handler(number, ending.set)
    gauge = Gauge()
    limits = Limits(max_bytes=settings.mail.max_bytes)
    hostname = settings.provider.domains[0]
    servers: list[asyncio.Server] = []
    threads_end = threading.Event()
    threads = [threading.Thread(target=housekeeping.run, args=(clock, threads_end), name="housekeeping", daemon=True)]
    try:
        if doors.lmtp:
            servers.append(await lmtp.open_door(*doors.lmtp, committer=committer, ours=ours, clock=clock, hostname=hostname,
                                                limits=limits, gauge=gauge))
        if doors.smtp:
            servers.append(await smtp.open_door(*doors.smtp, committer=committer, ours=ours, clock=clock, hostname=hostname,
                                                limits=limits, gauge=gauge, tls=_tls(settings)))
        if doors.imap:
            threads.append(threading.Thread(target=_collect, args=(settings, committer, ours, clock, threads_end), name="imap", daemon=True))
        for thread in threads:
            thread.start()
        if started is not None:
            started.set()
        while not ending.is_set() and not committer.broken:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(ending.wait(), 1.0)
    finally:
        threads_end.set()
        for server in servers:
            server.close()
        await asyncio.to_thread(committer.close, DRAIN_S)
        await asyncio.sleep(0.1)  # the last answers go out
    return committer.broken


def _quiet(loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
    """A client that goes away is no error of ours."""
    if not isinstance(context.get("exception"), ConnectionError | TimeoutError):
        loop.default_exception_handler(context)


def _tls(settings: Settings) -> ssl.SSLContext | None:
    if not settings.mail.tls_cert_file:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(settings.mail.tls_cert_file, settings.mail.tls_key_file or None)
    return context


def _collect(settings: Settings, committer: Committer, ours: Ours, clock: Clock, end: threading.Event) -> None:
    """Collect the mailbox again and again; an outage backs off up to ten minutes."""
    collector = imap.Collector(settings.imap, committer=committer, ours=ours, clock=clock, max_bytes=settings.mail.max_bytes)
    wait = 0.0
    while not end.wait(wait):
        try:
            client = imap.connect(settings.imap, max_bytes=settings.mail.max_bytes)
            try:
                while not end.is_set():
                    outcome = collector.collect(client)
                    wait = float(settings.imap.poll_s)
                    if not outcome.more and end.wait(wait):
                        break
            finally:
                imap.leave(client)
        except Outage as e:
            wait = min(max(wait, 5.0) * 2, BACK_OFF_MAX_S)
            log.warning("%s; again in %d s", e, wait)
