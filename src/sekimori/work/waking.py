"""Waking the worker: a hint (NOTIFY after commit on PostgreSQL); losing it costs a second (house rule 1.10)."""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction

CHANNEL = "sekimori_work"


def wake() -> None:
    """Tell the workers that new rows are due, once the caller's transaction is committed. A no-op on SQLite (polled)."""
    if connection.vendor != "postgresql":
        return

    def send() -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"NOTIFY {CHANNEL}")

    transaction.on_commit(send)


class Listener:
    """Waits for a wake-up, or for a time-out, on a PostgreSQL connection of its own."""

    def __init__(self) -> None:
        import psycopg

        self._connection: Any = psycopg.connect(**{k: v for k, v in connection.get_connection_params().items()
                                                   if k not in {"cursor_factory", "context", "prepare_threshold"}}, autocommit=True)
        self._connection.execute(f"LISTEN {CHANNEL}")

    def wait(self, seconds: float) -> None:
        """Return at the next notification, or after `seconds`."""
        for _ in self._connection.notifies(timeout=max(seconds, 0.01), stop_after=1):
            return
