"""Outcome of one case, shares with intervals, and variants side by side. Pure.

Cleaning happens without us too (58–74 % in the randomised trials of Çetin et al., NDSS 2019): a bare share says nothing, so
every figure stands beside the natural rate of cases that nobody was told about.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt

HORIZONS = (1, 7, 14, 30)
"""Days after the warning arrived (or, without one, after the first report)."""
SETTLED = timedelta(days=7)
"""So long beyond a horizon a case must have been watched before it counts."""
Z = 1.96


@dataclass(frozen=True, slots=True)
class CaseOutcome:
    """What became of one case."""

    case: str
    told: bool
    """A warning was delivered."""
    start: datetime
    events: tuple[datetime, ...]
    watched_until: datetime
    appealed: bool = False
    variant: str = ""

    def clean(self, days: int) -> bool | None:
        """Tell whether nothing happened later than `days` after the start; None while it is too early to say."""
        horizon = self.start + timedelta(days=days)
        if any(e > horizon for e in self.events):
            return False
        return True if self.watched_until >= horizon + SETTLED else None


@dataclass(frozen=True, slots=True)
class Share:
    """A share with its 95 % interval (Wilson), which is honest for small numbers."""

    hits: int
    of: int

    @property
    def value(self) -> float | None:
        """The share, or None where there is nothing to count."""
        return self.hits / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The interval, or None where there is nothing to count."""
        if not self.of:
            return None
        p, n = self.hits / self.of, self.of
        middle = (p + Z * Z / (2 * n)) / (1 + Z * Z / n)
        half = Z * sqrt(p * (1 - p) / n + Z * Z / (4 * n * n)) / (1 + Z * Z / n)
        return max(0.0, middle - half), min(1.0, middle + half)


def share(cases: Iterable[CaseOutcome], days: int) -> Share:
    """Return how many of the cases that can be judged are clean after so many days."""
    judged = [c for c in (case.clean(days) for case in cases) if c is not None]
    return Share(sum(judged), len(judged))


def variant(case: str, experiment: str, names: Sequence[str]) -> str:
    """Return which variant of a notice or channel a case gets: by its hash, so that nobody chooses, and always the same."""
    digest = hashlib.sha256(f"{experiment}|{case}".encode()).digest()
    return names[int.from_bytes(digest[:8], "big") % len(names)]
