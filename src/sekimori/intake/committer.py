"""The one committer of a receiving process: all that wait go into one COMMIT, and only then are they answered.

One COMMIT a message is bound by the disk's fsync (130–250 a second on the disks tried); a group of fifty costs the same
fsync. The group forms by itself: while one COMMIT runs, the next messages gather. No timer is involved.
"""

from __future__ import annotations

import errno
import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path

from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction

from sekimori.evidence.durable import free_bytes
from sekimori.intake import store
from sekimori.intake.arrival import Ready

log = logging.getLogger(__name__)

GROUP_MAX = 100
"""Messages in one COMMIT: more do not lower its cost a message any further, but lengthen the write lock."""
FREE_CHECK_S = 1.0


class Busy(Exception):
    """Not now: the queue is full, the disk is nearly full, or the committer has stopped. `reply` is the SMTP answer."""

    def __init__(self, reply: str) -> None:
        super().__init__(reply)
        self.reply = reply


QUEUE_FULL = "451 4.3.1 Too many messages are waiting, try again later"
DISK_FULL = "452 4.3.1 Insufficient storage, try again later"
NOT_STORED = "451 4.3.0 The message could not be stored, try again later"
STOPPED = "421 4.3.2 Shutting down, try again later"

Write = Callable[[Sequence[Ready]], None]


class Committer(threading.Thread):
    """Takes prepared arrivals and resolves their futures after COMMIT: None, or the exception Busy."""

    def __init__(self, folder: Path, *, queue_max: int, min_free_bytes: int, group_max: int = GROUP_MAX, write: Write = store.write) -> None:
        super().__init__(name="committer", daemon=True)
        self._folder, self._min_free, self._group_max, self._write = folder, min_free_bytes, group_max, write
        self._queue: queue.Queue[tuple[Ready, Future[None]] | None] = queue.Queue(queue_max)
        self._free_checked, self._free_ok = 0.0, True
        self._closed = False
        self.broken = ""
        """Why nothing can be stored any more until a restart ("" = all is well): an I/O error of the disk."""
        self.committed = self.groups = 0

    def submit(self, ready: Ready) -> Future[None]:
        """Queue one arrival; the future is done after COMMIT. Raises Busy at once where it cannot be queued."""
        if self._closed:
            raise Busy(STOPPED)
        if self.broken:
            raise Busy(NOT_STORED)
        if not self.has_room():
            raise Busy(DISK_FULL)
        future: Future[None] = Future()
        try:
            self._queue.put_nowait((ready, future))
        except queue.Full:
            raise Busy(QUEUE_FULL) from None
        return future

    def has_room(self) -> bool:
        """Tell whether the disk has more than the watermark left (looked at once a second)."""
        now = time.monotonic()
        if now - self._free_checked > FREE_CHECK_S:
            free = free_bytes(self._folder)
            if self._free_ok != (free >= self._min_free):
                log.error("disk space: %d bytes free, watermark %d", free, self._min_free)
            self._free_ok, self._free_checked = free >= self._min_free, now
        return self._free_ok

    def judge(self, fault: Exception) -> None:
        """Stop taking mail after an I/O error: nobody knows what is on the disk, and a second fsync would lie (evidence.files)."""
        if _is_io_error(fault):
            log.critical("I/O error of the disk; nothing more is taken: %s", fault)
            self.broken = str(fault)

    def close(self, timeout_s: float) -> None:
        """Take nothing more, commit what waits, and end."""
        self._closed = True
        self._queue.put(None)
        self.join(timeout_s)

    def run(self) -> None:
        """Commit group after group until `close`."""
        try:
            more = True
            while more:
                more, group = self._gather()
                if group:
                    self._settle(group)
        finally:
            connection.close()

    def _gather(self) -> tuple[bool, list[tuple[Ready, Future[None]]]]:
        """Wait for one arrival, then take all that wait with it."""
        group: list[tuple[Ready, Future[None]]] = []
        item = self._queue.get()
        while item is not None:
            group.append(item)
            if len(group) >= self._group_max:
                return True, group
            try:
                item = self._queue.get_nowait()
            except queue.Empty:
                return True, group
        return False, group

    def _settle(self, group: list[tuple[Ready, Future[None]]]) -> None:
        """Commit a group; where it fails for a reason that lies in one message, each gets its own outcome."""
        fault = self._commit([r for r, _ in group])
        if fault is None:
            self.groups += 1
            self.committed += len(group)
            for _, future in group:
                _resolve(future, None)
        elif isinstance(fault, OperationalError | InterfaceError | OSError) or len(group) == 1:
            for _, future in group:
                _resolve(future, Busy(DISK_FULL if _is_full(fault) else NOT_STORED))
        else:
            for one in group:
                self._settle([one])

    def _commit(self, ready: Sequence[Ready]) -> Exception | None:
        try:
            with transaction.atomic():
                self._write(ready)
        except Exception as e:  # whatever it is, the senders keep their mail and try again
            log.error("%d messages were not committed: %s", len(ready), e, exc_info=not isinstance(e, OperationalError))
            self.judge(e)
            if isinstance(e, DatabaseError | InterfaceError):
                connection.close()
            return e
        return None


def _resolve(future: Future[None], fault: Exception | None) -> None:
    if not future.set_running_or_notify_cancel():
        return  # the client went away while it waited; what is committed stays
    if fault is None:
        future.set_result(None)
    else:
        future.set_exception(fault)


def _is_full(fault: Exception) -> bool:
    return (isinstance(fault, OSError) and fault.errno in {errno.ENOSPC, errno.EDQUOT}) or "is full" in str(fault)


def _is_io_error(fault: Exception) -> bool:
    return (isinstance(fault, OSError) and fault.errno == errno.EIO) or "disk I/O error" in str(fault)
