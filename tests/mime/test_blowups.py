"""No input costs more than its size: CPU time against CPU time, never against a clock."""

import time

import pytest

from mime.blowups import BLOWUPS
from mime.touch import touch
from sekimori.mime import read

SIZE = 400_000
#: below this, a measurement is noise (CPU seconds)
FLOOR = 0.02


def cost(raw: bytes) -> float:
    start = time.process_time()
    touch(read(raw))
    return time.process_time() - start


@pytest.mark.parametrize("name", BLOWUPS)
def test_twice_the_input_costs_at_most_twice(name: str) -> None:
    small, large = BLOWUPS[name](SIZE), BLOWUPS[name](2 * SIZE)
    # The best of three: other work on the machine only ever adds.
    ratio = min(cost(large) / max(cost(small), FLOOR) for _ in range(3))
    assert ratio < 2.6, f"time(2n)/time(n) = {ratio:.2f}"


@pytest.mark.parametrize("name", BLOWUPS)
def test_half_a_cpu_second_per_megabyte(name: str) -> None:
    raw = BLOWUPS[name](SIZE)
    per_megabyte = min(cost(raw) for _ in range(2)) / (len(raw) / 1e6)
    assert per_megabyte < 0.5


@pytest.mark.soak
@pytest.mark.parametrize("name", BLOWUPS)
def test_the_largest_message(name: str) -> None:
    raw = BLOWUPS[name](30_000_000)
    seconds = cost(raw)
    assert seconds < 10 and seconds / (len(raw) / 1e6) < 0.5
