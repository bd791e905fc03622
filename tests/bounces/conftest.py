"""A data folder with keys; rows of messages."""

import dataclasses
import itertools

import pytest

from sekimori import settings as house
from sekimori.settings.folder import ensure

_count = itertools.count(1)


@pytest.fixture
def folder(tmp_path):
    """A synthetic data folder of its own: answers go to its outbox."""
    before = house.current()
    mine = dataclasses.replace(before, data=tmp_path / "data", synthetic=True)
    ensure(mine)
    house.use(mine)
    yield mine
    house.use(before)


@pytest.fixture
def incoming(folder, now):
    """Make a due message of a route with its octets in the evidence store."""
    from sekimori.evidence import store
    from sekimori.intake.models import Message
    from sekimori.values.clock import micros

    def make(raw, route, **extra):
        sha = store.put(raw, now=now, expires_at=None)
        n = next(_count)
        return Message.objects.create(sha256=sha, envelope=f"b{n:063x}", door="lmtp", received_at=now, mail_from=extra.pop("mail_from", ""), size=len(raw), route=route, due_at=micros(now), **extra)

    return make
