"""What a device's clock is worth: its offset from ours, learned from the two times in each record. Pure.

Offset = our time − device time, as a running median; the spread of the samples is the device's uncertainty. A change of
more than 30 s that stays for five records is a jump: the times near it cannot be trusted until a person has looked.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

WINDOW = 101
JUMP_US = 30_000_000
JUMP_AFTER = 5
UNTRUSTED_US = 3_600_000_000
"""A device time further off than this is not moved but replaced (a clock reset to 2008)."""
FEW = 5
FEW_ERROR_US = 5_000_000
RESOLUTION_US = 1_000_000


class Jump(NamedTuple):
    """The clock moved: since when (our time), from which offset to which (microseconds)."""

    at: int
    before: int
    after: int


class Clock:
    """The clock of one device."""

    def __init__(self, samples: Sequence[int] = (), suspects: Sequence[tuple[int, int]] = ()) -> None:
        self.samples = deque(samples, WINDOW)
        self.suspects: list[tuple[int, int]] = [(int(a), int(b)) for a, b in suspects]
        """(offset, our time) of records far from the median, in a row."""
        self._sorted = sorted(self.samples)

    @property
    def offset(self) -> int:
        """Microseconds to add to the device's time."""
        return self._sorted[len(self._sorted) // 2] if self._sorted else 0

    @property
    def spread(self) -> int:
        """How far 90 % of the samples lie from the median at most, in microseconds."""
        if not self._sorted:
            return 0
        n = len(self._sorted)
        return max(self._sorted[min(n - 1, n * 95 // 100)] - self.offset, self.offset - self._sorted[n * 5 // 100])

    @property
    def error(self) -> int:
        """Uncertainty of a corrected time, in microseconds: resolution, spread, and more while little is known."""
        return RESOLUTION_US + self.spread + (FEW_ERROR_US if len(self._sorted) < FEW else 0)

    def observe(self, device_time: int, our_time: int) -> Jump | None:
        """Learn from one record; returns the jump that this record completes, if it does."""
        sample = our_time - device_time
        if self._sorted and abs(sample - self.offset) > JUMP_US:
            if self.suspects and abs(sample - self.suspects[-1][0]) > JUMP_US:
                self.suspects = []
            self.suspects.append((sample, our_time))
            if len(self.suspects) < JUMP_AFTER:
                return None
            jump = Jump(self.suspects[0][1], self.offset, sorted(s for s, _ in self.suspects)[JUMP_AFTER // 2])
            self.samples = deque((s for s, _ in self.suspects), WINDOW)
            self._sorted = sorted(self.samples)
            self.suspects = []
            return jump
        self.suspects = []
        if len(self.samples) == WINDOW:
            del self._sorted[bisect_left(self._sorted, self.samples[0])]
        self.samples.append(sample)
        insort(self._sorted, sample)
        return None

    def correct(self, device_time: int, our_time: int | None) -> tuple[int, int]:
        """Return (offset to add, uncertainty) for a record with these times, in microseconds."""
        if our_time is not None and abs(our_time - device_time - self.offset) > UNTRUSTED_US:
            return our_time - device_time, RESOLUTION_US + FEW_ERROR_US
        if our_time is not None and abs(our_time - device_time) > UNTRUSTED_US and len(self._sorted) < FEW:
            return our_time - device_time, RESOLUTION_US + FEW_ERROR_US
        if our_time is not None and self.suspects:
            # Late on its way, or a clock that has just jumped: it happened somewhere between the two readings.
            return our_time - device_time, self.error + abs(our_time - device_time - self.offset)
        return self.offset, self.error
