"""What a receiving process does beside receiving: sweep the evidence folder, let old bodies expire."""

from __future__ import annotations

import logging
import threading
from datetime import datetime

from django.db import DatabaseError, connection

from sekimori.evidence import store
from sekimori.evidence.sweep import sweep
from sekimori.values.clock import Clock
from sekimori.work import clockmark

log = logging.getLogger(__name__)

FIRST_S, EVERY_S = 60.0, 3600.0


def tidy(now: datetime) -> tuple[int, int]:
    """Expire what is over, then sweep: (bodies expired, files taken away).

    Nothing expires while the clock is in doubt: a clock ten years ahead would empty the store.
    """
    expired = 0
    if not clockmark.observe(now):
        while (count := store.expire(now)) > 0:
            expired += count
    swept = sweep()
    return expired, swept.unfinished + swept.orphans


def run(clock: Clock, end: threading.Event) -> None:
    """Tidy up once an hour until `end` is set. A failure is logged and tried again an hour later."""
    wait = FIRST_S
    while not end.wait(wait):
        wait = EVERY_S
        try:
            tidy(clock.now())
        except (DatabaseError, OSError):
            log.exception("housekeeping failed")
        finally:
            connection.close()
