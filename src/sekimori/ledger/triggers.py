"""Triggers that refuse UPDATE, DELETE and TRUNCATE of the ledger, installed after every migrate.

Installed here and not in a migration: Django's AlterField on SQLite rebuilds a table and drops its triggers
(house rule 11); PostgreSQL needs BEFORE TRUNCATE as well.
"""

from __future__ import annotations

from typing import Any

from django.db import connections

SQLITE = [
    "CREATE TRIGGER IF NOT EXISTS ledger_no_update BEFORE UPDATE ON ledger_entry BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END",
    "CREATE TRIGGER IF NOT EXISTS ledger_no_delete BEFORE DELETE ON ledger_entry BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END",
]
POSTGRESQL = [
    "CREATE OR REPLACE FUNCTION ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the ledger is append-only'; END $$",
    "CREATE OR REPLACE TRIGGER ledger_no_change BEFORE UPDATE OR DELETE ON ledger_entry FOR EACH ROW EXECUTE FUNCTION ledger_append_only()",
    "CREATE OR REPLACE TRIGGER ledger_no_truncate BEFORE TRUNCATE ON ledger_entry FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only()",
]


def install(using: str = "default", **_: Any) -> None:
    """Install the triggers (idempotent); receiver of post_migrate."""
    connection = connections[using]
    if "ledger_entry" not in connection.introspection.table_names():
        return
    with connection.cursor() as cursor:
        for sql in SQLITE if connection.vendor == "sqlite" else POSTGRESQL:
            cursor.execute(sql)


def present(using: str = "default") -> bool:
    """Tell whether the triggers are there: checked at start-up and by `doctor`."""
    connection = connections[using]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT COUNT(*) FROM sqlite_master WHERE type='trigger' AND name IN ('ledger_no_update', 'ledger_no_delete')")
        else:
            cursor.execute("SELECT COUNT(*) FROM pg_trigger WHERE tgname IN ('ledger_no_change', 'ledger_no_truncate') AND tgenabled <> 'D'")
        return bool(cursor.fetchone()[0] == 2)
