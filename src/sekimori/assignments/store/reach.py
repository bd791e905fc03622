"""Classes of duration: how far before a window a row that touches it can have begun.

A search by (key, start) must know where to stop looking back. Looking at the newest few starts misses an interval that
lies buried under later ones; looking at all of them is slow on a busy key. So each row carries the class of its
duration, and a question looks back, class by class, exactly as far as a row of that class can reach.
"""

from __future__ import annotations

from bisect import bisect_left

LIMITS = (1 << 34, 1 << 40)
"""Longest durations of classes 0 and 1 in microseconds: 4.8 h, 12.7 d. Class 2: longer, or open. More classes cost a seek
each (1.5 µs), fewer look at more rows of busy keys."""
CLASSES = len(LIMITS) + 1


def reach_of(start: int, ending: int) -> int:
    """Return the class of a row from `start` to `ending` (microseconds; OPEN = not ended)."""
    return bisect_left(LIMITS, ending - start)
