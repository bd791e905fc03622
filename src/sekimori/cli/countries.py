"""`sekimori network countries load|status|of`: in which country an address is registered."""

from __future__ import annotations

import json
from pathlib import Path

import click

from sekimori.cli.purpose import actor

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def countries() -> None:
    """Countries of addresses, by registration: a hint where a password was used."""


@countries.command("load")
@click.argument("files", nargs=-1, type=FILE)
@click.option("--shrink", is_flag=True, help="Load a table that covers less than half of the addresses of the one in force.")
def load(files: tuple[Path, ...], shrink: bool) -> None:
    """Load FILES (default: countries.files of the settings) as the new table, whole or not at all; all of them in one call.

    Registries' delegated-*-extended-latest, DB-IP lite, GeoLite2 country (blocks and locations), IP2Location LITE, any CSV that names
    network and country_code; plain or gzip. Stored submissions and sign-ins without a country get theirs.
    """
    _start()
    from sekimori.network.countries import store
    from sekimori.network.countries.rows import BadTable
    from sekimori.settings import current
    from sekimori.submissions.countries import fill
    from sekimori.submissions.ours import finder
    from sekimori.values.clock import SystemClock

    paths = files or tuple(Path(f) for f in current().countries.files)
    if not paths:
        raise click.UsageError("no file is named, and countries.files of the settings is empty")
    now = SystemClock().now()
    try:
        told = store.load(paths, now, actor(), shrink=shrink)
        told["filled"] = fill(finder(now), now, actor())
    except BadTable as e:
        raise click.ClickException(f"{e}; the table in force is unchanged") from e
    click.echo(json.dumps(told, ensure_ascii=False))


@countries.command("status")
def status() -> None:
    """Print what the table in force was made of, and when, as a JSON line."""
    _start()
    from sekimori.network.countries import store
    from sekimori.network.countries.rows import BadTable

    try:
        table = store.current()
    except BadTable as e:
        raise click.ClickException(str(e)) from e
    told = {k: table.meta[k] for k in ("made", "dated", "rows", "unknown", "contradictions", "ranges4", "ranges6", "files")} if table else {}
    click.echo(json.dumps({"loaded": table is not None, "path": str(store.path()), **told}, ensure_ascii=False))


@countries.command("of")
@click.argument("addresses", nargs=-1, required=True)
def of(addresses: tuple[str, ...]) -> None:
    """Print the country in which each address is registered, "" where the table names none."""
    _start()
    from sekimori.network.countries import store
    from sekimori.network.countries.rows import BadTable
    from sekimori.values.addresses import parse_address

    try:
        table = store.current()
    except BadTable as e:
        raise click.ClickException(str(e)) from e
    if table is None:
        raise click.ClickException("no table of countries is loaded (`sekimori network countries load`)")
    for text in addresses:
        address = parse_address(text)
        if address is None:
            raise click.BadParameter(f"{text!r} is no address")
        click.echo(json.dumps({"address": str(address), "country": table.country(address)}))


def _start() -> None:
    from sekimori.cli.django import setup

    setup()
