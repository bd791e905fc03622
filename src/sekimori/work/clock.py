"""`now` is the database's on PostgreSQL (several hosts, one clock), one function on SQLite (house rule 1.11)."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import connection

from sekimori.values.clock import Clock, SystemClock


class DatabaseClock:
    """The clock that all workers of one database share."""

    def now(self) -> datetime:
        """Return the present instant (aware, UTC)."""
        if connection.vendor != "postgresql":
            return SystemClock().now()
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            value: datetime = cursor.fetchone()[0]
        return value.astimezone(UTC)


_scenario: Clock | None = None


def shared() -> Clock:
    """Return the clock that daemons and commands use."""
    return _scenario or DatabaseClock()


def use(clock: Clock | None) -> None:
    """Let this process go by a scenario's clock (`play --live`); None goes back to the real one."""
    global _scenario  # noqa: PLW0603 - one clock per process is the point
    _scenario = clock
