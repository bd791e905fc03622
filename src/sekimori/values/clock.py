"""Where "now" comes from. It is always passed in, so that a scenario can play with a clock of its own.

Stages receive a `Clock`; nothing below `cli` and `site` calls `datetime.now` by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Protocol

JST = timezone(timedelta(hours=9), "JST")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Clock(Protocol):
    """Tells the present instant, with zone."""

    def now(self) -> datetime:
        """Return the present instant (aware, UTC)."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the present instant (aware, UTC)."""
        return datetime.now(UTC)


@dataclass
class SetClock:
    """A clock that stands until it is moved: scenarios and tests."""

    at: datetime

    def now(self) -> datetime:
        """Return the instant it was last set to."""
        return self.at


def micros(instant: datetime) -> int:
    """Return an aware instant as whole microseconds since 1970-01-01 UTC (exact, no float)."""
    return (instant - EPOCH) // timedelta(microseconds=1)


def from_micros(value: int) -> datetime:
    """Return the instant (UTC) of microseconds since 1970-01-01 UTC."""
    return EPOCH + timedelta(microseconds=value)


def iso(instant: datetime) -> str:
    """Return an instant as ISO 8601 in UTC with `Z`, with microseconds only where there are any."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def jst(instant: datetime) -> str:
    """Return an instant as pages show it: `2026-11-24 16:05:09 JST`."""
    return f"{instant.astimezone(JST):%Y-%m-%d %H:%M:%S} JST"
