"""Start-up refuses settings over which a power cut would lose acknowledged mail."""

import pytest
from django.db import connection

from sekimori.evidence import durable

pytestmark = pytest.mark.django_db


def test_the_shipped_settings_are_durable():
    if connection.vendor == "sqlite":  # the tests' database is in memory: its journal is no WAL
        assert {s.name: s.right for s in durable.settings()}["synchronous"]
    else:
        durable.require()
        assert {s.name for s in durable.settings()} == {"fsync", "synchronous_commit", "full_page_writes"}


@pytest.mark.postgres
def test_asynchronous_commit_is_refused_on_postgresql():
    if connection.vendor != "postgresql":
        pytest.skip("the other engine")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
        with pytest.raises(durable.NotDurable, match="synchronous_commit=off"):
            durable.require()


def test_normal_is_refused_on_sqlite(monkeypatch):
    if connection.vendor != "sqlite":
        pytest.skip("the other engine")
    monkeypatch.setattr(durable, "SQLITE", {"synchronous": {7}})
    with pytest.raises(durable.NotDurable, match="synchronous="):
        durable.require()


def test_the_yardstick_measures(tmp_path):
    assert durable.sync_rate(tmp_path, 0.05) > 0
    assert not list(tmp_path.iterdir())
    assert durable.free_bytes(tmp_path) > 0
