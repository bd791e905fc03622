"""One load of a feed at a time."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

from sekimori.assignments.keys import session_hash


@contextmanager
def feed_lock(folder: Path, feed: str) -> Iterator[None]:
    """Hold the lock of a feed; the next load of it waits. Two at once would store nothing twice, but fight for the mark.

    `folder` is where the lock files live (this machine); on PostgreSQL an advisory lock does it for all machines.
    """
    number = session_hash("feed", feed)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / f"{number & (1 << 64) - 1:016x}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if connection.vendor != "postgresql":
            yield
            return
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [number])
            try:
                yield
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [number])
