"""Fixtures of the enforcement tests."""

import pytest

import story
from sekimori.settings import use


@pytest.fixture
def folder(tmp_path):
    """A synthetic folder of its own."""
    before = story.enter(tmp_path)
    yield tmp_path
    use(before)
