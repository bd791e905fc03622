"""Which backend this installation has."""

from __future__ import annotations

from django.db import connection

from sekimori.assignments.store.interface import Store


def open_store() -> Store:
    """Return the store of the database that Django is connected to."""
    if connection.vendor == "postgresql":
        from sekimori.assignments.store.postgres import PostgresStore

        return PostgresStore()
    from sekimori.assignments.store.sqlite import SqliteStore

    return SqliteStore()
