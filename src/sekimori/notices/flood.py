"""When one source's reports would warn so many members that a person must look first. Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from statistics import median

FACTOR = 3
"""A source's notices in an hour may be so many times the median of its hours with notices in 30 days."""
HISTORY = 5
"""Hours with notices that are needed before a median means something."""
HOUR_FLOOR, DAY_FLOOR = 50, 100
"""So many notices an hour, and contracts a day, never hold a source: small desks and quiet feeds."""
SHARE = 0.002
"""Of all contracts, told in a day because of one source."""


def hourly(times: Iterable[datetime]) -> list[int]:
    """Return how many fell into each hour that has any."""
    return list(Counter(t.replace(minute=0, second=0, microsecond=0) for t in times).values())


def exceeded(in_hour: int, hours: list[int], contracts_today: int, contracts: int) -> str:
    """Return which limit is exceeded (`hour`, `day`), or "".

    `in_hour` and `contracts_today` include what is about to be written; `hours` are the counts of the 30 days before;
    `contracts` is the number of contracts.
    """
    if len(hours) >= HISTORY and in_hour > max(HOUR_FLOOR, FACTOR * median(hours)):
        return "hour"
    return "day" if contracts_today > max(DAY_FLOOR, math.ceil(SHARE * contracts)) else ""
