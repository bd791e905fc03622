"""`sekimori init`."""

from __future__ import annotations

import click


@click.command()
@click.option("--synthetic", is_flag=True, help="A folder for made-up data only: plays, measurements, demos.")
def init(synthetic: bool) -> None:
    """Make the data folder, its keys and its schema."""
    from sekimori.cli.django import setup
    from sekimori.settings import current, reset

    if synthetic:
        settings = current()
        settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        if (settings.data / "sekimori.sqlite3").exists() and not settings.synthetic:
            raise click.ClickException("this folder holds real data already; --synthetic needs a fresh one")
        (settings.data / "synthetic").touch(mode=0o600)
        reset()
    setup()
    click.echo(f"ready: {current().data}")
