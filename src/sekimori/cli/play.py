"""`sekimori play`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from sekimori.demo.play.player import Live


@click.command()
@click.argument("scenarios", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--jsonl", is_flag=True, help="One JSON object a line (the only form there is).")
@click.option("--quiet", is_flag=True, help="Print expectations and refusals only, no changes.")
@click.option("--live", is_flag=True, help="Start a Postfix, a Dovecot and a FreeRADIUS on loopback, bring mail in through them, let measures act on them, and try them out. Root.")
def play(scenarios: tuple[Path, ...], jsonl: bool, quiet: bool, live: bool) -> None:
    """Play scenarios, each in a synthetic folder of its own, and check their expectations; exit 1 if one fails."""
    from sekimori.cli.django import setup
    from sekimori.demo.play.folder import fresh
    from sekimori.demo.play.scenario import ScenarioError
    from sekimori.demo.servers.loopback import NotStarted

    if live:
        _require()
    failed = 0
    with fresh(setup, durable=live) as new_folder:
        from sekimori.demo.play.player import play as play_one

        around = _around() if live else None
        for path in scenarios:
            new_folder()
            try:
                failed += play_one(path, click.echo, changes=not quiet, live=around).failed
            except (ScenarioError, NotStarted) as e:  # the others are still worth playing
                click.echo(f"Error: {e}", err=True)
                failed += 1
    if failed:
        raise SystemExit(1)


def _around() -> Live:
    from sekimori.demo.live.desk import live

    return live


def _require() -> None:
    from sekimori.demo.live.equipment import Missing, require

    try:
        require()
    except Missing as e:
        raise click.ClickException(str(e)) from e
