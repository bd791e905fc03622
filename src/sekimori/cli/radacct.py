"""`sekimori assignments pull`: FreeRADIUS's `radacct` by SQL, through the same reader as its CSV export.

The rows touched since the last pull (less an overlap, since transactions commit late) are copied out to a file below DATA/pulls and
loaded as `radacct-csv`; loading a row twice stores nothing new. The table is read only, in one snapshot.
"""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from sekimori.cli.assignments_load import load

COLUMNS = ("acctsessionid", "acctuniqueid", "username", "nasipaddress", "acctstarttime", "acctupdatetime", "acctstoptime", "acctterminatecause",
           "framedipaddress", "framedipv6address", "framedipv6prefix", "delegatedipv6prefix")
OVERLAP = timedelta(minutes=15)
FIRST = timedelta(days=180)
"""How far back the first pull reaches: the retention of connection logs."""


@click.command()
@click.argument("table", type=click.Choice(["radacct"]))
@click.option("--url-file", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path), help="File with the PostgreSQL URL of FreeRADIUS's database.")
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="Options of radacct-csv: feed, realm, addresses …")
@click.pass_context
def pull(ctx: click.Context, table: str, url_file: Path, settings: tuple[str, ...]) -> None:
    """Read what is new in TABLE by SQL and load it as radacct-csv. Repeatable; restarts where it stopped."""
    from sekimori.cli.django import setup

    setup()
    import psycopg

    from sekimori.settings import current

    folder = current().data / "pulls"
    folder.mkdir(mode=0o700, exist_ok=True)
    feed = next((s.partition("=")[2] for s in settings if s.startswith("feed=")), "radacct-csv")
    mark = folder / f"{''.join(c if c.isalnum() else '_' for c in feed)}.json"
    try:
        with psycopg.connect(url_file.read_text(encoding="utf-8").strip(), connect_timeout=10) as connection:
            path, until = copy_out(connection, folder, _since(mark), feed)
    except psycopg.Error as e:
        raise click.ClickException(f"radacct: {str(e).splitlines()[0]}") from e
    try:
        ctx.invoke(load, source="radacct-csv", paths=(path,), settings=settings)
    finally:
        path.unlink(missing_ok=True)
    new = mark.with_suffix(".new")
    new.write_text(json.dumps({"until": until.isoformat()}), encoding="utf-8")
    new.replace(mark)


def _since(mark: Path) -> datetime | None:
    """Return where the last pull ended, less the overlap; None for the first."""
    try:
        return datetime.fromisoformat(json.loads(mark.read_text(encoding="utf-8"))["until"]) - OVERLAP
    except (FileNotFoundError, ValueError, KeyError):
        return None


def copy_out(connection: Any, folder: Path, since: datetime | None, feed: str) -> tuple[Path, datetime]:
    """Copy the rows touched since an instant to a gzipped CSV with offsets in its times; returns (path, instant of the snapshot)."""
    connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
    connection.execute("SET LOCAL TIME ZONE 'UTC'")
    until: datetime = connection.execute("SELECT now()").fetchone()[0].astimezone(UTC)
    have = {r[0] for r in connection.execute("SELECT column_name FROM information_schema.columns WHERE table_name = 'radacct'")}
    columns = ", ".join(c for c in COLUMNS if c in have)
    start = since or until - FIRST
    query = (f"COPY (SELECT {columns} FROM radacct WHERE GREATEST(acctstarttime, acctupdatetime, acctstoptime) >= '{start.isoformat()}'"  # noqa: S608 - our own columns and instant
             " ORDER BY radacctid) TO STDOUT WITH (FORMAT csv, HEADER)")
    path = folder / f"{''.join(c if c.isalnum() else '_' for c in feed)}-{until:%Y%m%dT%H%M%S%f}.csv.gz"
    with gzip.open(path, "wb", compresslevel=1) as out, connection.cursor().copy(query) as copy:
        for block in copy:
            out.write(block)
    return path, until
