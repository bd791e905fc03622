"""Spans of time with their uncertainty."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Span:
    """From `start` (included) to `end` (included; None = still open), both aware."""

    start: datetime
    end: datetime | None = None

    def covers(self, lo: datetime, hi: datetime) -> bool:
        """Tell whether the whole window [lo, hi] lies in the span."""
        return self.start <= lo and (self.end is None or hi <= self.end)

    def touches(self, lo: datetime, hi: datetime) -> bool:
        """Tell whether the window [lo, hi] and the span share an instant."""
        return self.start <= hi and (self.end is None or lo <= self.end)

    def widened(self, seconds: float) -> Span:
        """Return the span with both ends moved outwards by `seconds`."""
        d = timedelta(seconds=seconds)
        return Span(self.start - d, None if self.end is None else self.end + d)
