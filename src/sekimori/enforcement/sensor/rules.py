"""When a login sends too much at once: sliding windows over its submissions. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sekimori.policy.types import Ladder


@dataclass(frozen=True, slots=True)
class Burst:
    """The first window in which a login went over the limit."""

    at: datetime
    """Time of the submission that went over."""
    recipients: int
    window_s: int


def burst(submissions: Sequence[tuple[datetime, int]], ladder: Ladder) -> Burst | None:
    """Return the first window strictly over a limit, or None. `submissions`: (time, recipients), in any order.

    A window is half open: two mails exactly 60 s apart are not in one minute.
    """
    found = [b for b in (_over(submissions, 60, ladder.brake_per_60s), _over(submissions, 300, ladder.brake_per_300s)) if b is not None]
    return min(found, key=lambda b: (b.at, b.window_s), default=None)


def _over(submissions: Sequence[tuple[datetime, int]], window_s: int, limit: int) -> Burst | None:
    ordered = sorted(submissions)
    span = timedelta(seconds=window_s)
    total, first = 0, 0
    for time, recipients in ordered:
        total += recipients
        while time - ordered[first][0] >= span:
            total -= ordered[first][1]
            first += 1
        if total > limit:
            return Burst(time, total, window_s)
    return None
