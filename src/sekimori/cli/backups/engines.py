"""How each engine gives a consistent copy of itself while the desk works on, and takes it back."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from django.db import connection, transaction

from sekimori.values.outcomes import Outage, Refused

SQLITE_FILE, POSTGRES_FILE = "database.sqlite3", "database.pgdump"
SQLITE_NAMES = ("sekimori.sqlite3", "sekimori.sqlite3-wal", "sekimori.sqlite3-shm")


def _tables(execute: Callable[[str], list[tuple[object, ...]]], names: list[str]) -> dict[str, int]:
    return {n: int(str(execute(f'SELECT COUNT(*) FROM "{n}"')[0][0])) for n in sorted(names)}  # noqa: S608 - names from the catalogue


def dump_sqlite(target: Path) -> tuple[dict[str, int], list[str]]:
    """Copy the embedded database online: (rows per table, names of bodies kept as files), both of the copy."""
    path = target / SQLITE_FILE
    with closing(sqlite3.connect(connection.settings_dict["NAME"])) as source, closing(sqlite3.connect(path)) as copy:
        source.backup(copy)
    path.chmod(0o600)
    with closing(sqlite3.connect(path)) as copy:
        check_sqlite(copy)
        names = [str(r[0]) for r in copy.execute("SELECT name FROM sqlite_master WHERE type='table' AND name NOT LIKE 'sqlite_%'")]
        tables = _tables(lambda sql: copy.execute(sql).fetchall(), names)
        bodies = [str(r[0]) for r in copy.execute("SELECT sha256 FROM evidence_body WHERE codec='file' ORDER BY sha256")]
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, without -wal and -shm beside it
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
    return tables, bodies


def check_sqlite(database: sqlite3.Connection) -> None:
    """Raise Refused("backup.damaged") where SQLite finds its file damaged."""
    verdict = database.execute("PRAGMA integrity_check").fetchone()[0]
    if verdict != "ok":
        raise Refused("backup.damaged", f"SQLite: {verdict}")


def _postgres(tool: str, *arguments: str) -> None:
    path = shutil.which(tool)
    if path is None:
        raise Refused("backup.no_tool", f"{tool} is not installed (Debian: postgresql-client)")
    given = connection.settings_dict
    env = {**os.environ, "PGDATABASE": given["NAME"], **{k: str(v) for k, v in (
        ("PGHOST", given["HOST"]), ("PGPORT", given["PORT"]), ("PGUSER", given["USER"]), ("PGPASSWORD", given["PASSWORD"])) if v}}
    done = subprocess.run([path, *arguments], env=env, capture_output=True, text=True)
    if done.returncode:
        raise Outage(f"{tool}: {(done.stderr.strip().splitlines() or ['failed'])[-1]}")


def dump_postgres(target: Path) -> tuple[dict[str, int], list[str]]:
    """Dump the PostgreSQL database from one snapshot: (rows per table, names of bodies kept as files), both of it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = cursor.fetchone()[0]
        _postgres("pg_dump", "--format=custom", "--no-owner", f"--snapshot={snapshot}", f"--file={target / POSTGRES_FILE}")
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        names = [r[0] for r in cursor.fetchall()]

        def execute(sql: str) -> list[tuple[object, ...]]:
            cursor.execute(sql)
            return list(cursor.fetchall())

        tables = _tables(execute, names)
        bodies = [str(r[0]) for r in execute("SELECT sha256 FROM evidence_body WHERE codec='file' ORDER BY sha256")]
    path = target / POSTGRES_FILE
    path.chmod(0o600)
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
    return tables, bodies


def require_empty_postgres(url: str) -> None:
    """Raise Refused where the database of this URL holds tables already, Outage where it cannot be reached."""
    import psycopg

    try:
        with psycopg.connect(url, connect_timeout=10) as database:
            row = database.execute("SELECT COUNT(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
    except psycopg.OperationalError as e:
        raise Outage("the database of SEKIMORI_DATABASE cannot be reached") from e
    if row and row[0]:
        raise Refused("restore.not_empty", "the database of SEKIMORI_DATABASE is not empty")


def load_postgres(source: Path) -> None:
    """Restore a dump into an empty PostgreSQL database, all or nothing."""
    _postgres("pg_restore", "--exit-on-error", "--single-transaction", "--no-owner", f"--dbname={connection.settings_dict['NAME']}",
              str(source / POSTGRES_FILE))


def count_rows(names: list[str]) -> dict[str, int]:
    """Return the rows of these tables in the database of this process; -1 for a table that is not there."""
    found = {}
    there = set(connection.introspection.table_names()) | _partitions()
    with connection.cursor() as cursor:
        for name in names:
            if name not in there:
                found[name] = -1
                continue
            cursor.execute(f'SELECT COUNT(*) FROM "{name}"')  # noqa: S608 - names from the catalogue
            found[name] = int(cursor.fetchone()[0])
    return found


def _partitions() -> set[str]:
    if connection.vendor != "postgresql":
        return set()
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        return {r[0] for r in cursor.fetchall()}
