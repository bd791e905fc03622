"""Fixtures of the work tests."""

import pytest

from sekimori.values.clock import SetClock
from tests_work import Probe


@pytest.fixture
def clock(now):
    """A clock that stands."""
    return SetClock(now)


@pytest.fixture
def probe():
    """The stage under test."""
    return Probe()
