"""A data folder of its own, as in tests/notices."""

import dataclasses

import pytest

from sekimori import settings as house
from sekimori.settings.folder import ensure


@pytest.fixture
def folder(tmp_path):
    """A data folder of its own, settings included."""
    mine = dataclasses.replace(house.current(), data=tmp_path / "data")
    before = house.current()
    ensure(mine)
    house.use(mine)
    yield mine
    house.use(before)
