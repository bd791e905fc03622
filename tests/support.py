"""Names that tests share (importable under one name, unlike the many conftest files)."""

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


def need(name: str, present: bool) -> None:
    """Skip a test whose server is absent; fail where SEKIMORI_NEED says that it must be there (CI)."""
    if present:
        return
    message = f"{name} is not installed (make servers installs it from Debian's packages)"
    if name in os.environ.get("SEKIMORI_NEED", "").split(","):
        pytest.fail(message)
    pytest.skip(message)


def cpu(call: Callable[..., object], *args: object, runs: int = 3) -> float:
    """The least CPU seconds of some runs: one may meet the garbage collector of a process that ran thousands of tests."""
    best = float("inf")
    for _ in range(runs):
        start = time.process_time()
        call(*args)
        best = min(best, time.process_time() - start)
    return best
