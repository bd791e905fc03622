"""`sekimori officers`."""

from __future__ import annotations

import click


@click.group()
def officers() -> None:
    """The people at the desk."""


@officers.command()
@click.argument("name")
@click.option("--roles", default="triage handler", show_default=True, help="Space-separated; see docs/desk/roles.md.")
@click.option("--language", type=click.Choice(["ja", "en"]), default="ja", show_default=True)
def add(name: str, roles: str, language: str) -> None:
    """Make an officer and print a one-time sign-in link."""
    from sekimori.cli.django import setup

    setup()
    from sekimori.settings import current
    from sekimori.staff.service import make_officer, one_time_link
    from sekimori.values.actors import Actor
    from sekimori.values.outcomes import Refused
    from sekimori.work.clock import shared

    now, by = shared().now(), Actor("command", "officers")
    try:
        officer = make_officer(name, roles, by, now, language=language)
    except (ValueError, Refused) as e:
        raise click.ClickException(str(e)) from e
    click.echo(f"{current().provider.site_url}/desk/enter/{one_time_link(officer, by, now)}")


@officers.command()
@click.argument("name")
def link(name: str) -> None:
    """Print a fresh one-time sign-in link for an officer."""
    from sekimori.cli.django import setup

    setup()
    from sekimori.settings import current
    from sekimori.staff.models import Officer
    from sekimori.staff.service import one_time_link
    from sekimori.values.actors import Actor
    from sekimori.work.clock import shared

    officer = Officer.objects.filter(name=name, is_active=True).first()
    if officer is None:
        raise click.ClickException(f"no officer {name}")
    click.echo(f"{current().provider.site_url}/desk/enter/{one_time_link(officer, Actor('command', 'officers'), shared().now())}")
