"""`sekimori play`."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("scenarios", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--jsonl", is_flag=True, help="One JSON object a line (the only form there is).")
@click.option("--quiet", is_flag=True, help="Print expectations and refusals only, no changes.")
@click.option("--live", is_flag=True, help="Let the configured actuators act. Refused: scenarios are made up.")
def play(scenarios: tuple[Path, ...], jsonl: bool, quiet: bool, live: bool) -> None:
    """Play scenarios, each in a synthetic folder of its own, and check their expectations; exit 1 if one fails."""
    if live:
        raise click.ClickException("--live needs equipment of a test provider; none is configured in a synthetic folder")
    from sekimori.cli.django import setup
    from sekimori.demo.play.folder import fresh
    from sekimori.demo.play.scenario import ScenarioError

    failed = 0
    with fresh(setup) as new_folder:
        from sekimori.demo.play.player import play as play_one

        for path in scenarios:
            new_folder()
            try:
                failed += play_one(path, click.echo, changes=not quiet).failed
            except ScenarioError as e:  # the others are still worth playing
                click.echo(f"Error: {e}", err=True)
                failed += 1
    if failed:
        raise SystemExit(1)
