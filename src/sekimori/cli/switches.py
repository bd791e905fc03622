"""`sekimori halt`, `resume`, `go-live`."""

from __future__ import annotations

import json

import click

from sekimori.values.actors import Actor


def officer_with(name: str, role: str) -> Actor:
    """Return an officer who holds a role, as an actor. Raises click.ClickException with one line."""
    from sekimori.staff.models import Officer

    found = Officer.objects.filter(name=name, is_active=True).first()
    if found is None:
        raise click.ClickException(f"no officer {name}")
    if not found.has_role(role):
        raise click.ClickException(f"{name} has not the role {role}")
    return Actor("officer", found.name)


@click.command()
def halt() -> None:
    """Stop every outgoing notice and measure within 5 seconds. Anybody with a shell may: it harms nobody."""
    from sekimori.cli.django import setup

    setup()
    from sekimori.cli.purpose import actor
    from sekimori.enforcement import switches
    from sekimori.work.clock import shared

    switches.halt(actor(), shared().now())
    click.echo("halted: no notice and no measure leaves; `sekimori resume` ends it")


@click.command()
@click.option("--officer", default="", help="Officer with the role `approver` who resumes; else the account of this shell.")
@click.option("--source", default="", help="Only let the letters of this reporter go, which wait because they are unusually many.")
def resume(officer: str, source: str) -> None:
    """Let notices and measures go again: what was due goes, oldest first."""
    from sekimori.cli.django import setup

    setup()
    from sekimori.cli.purpose import actor
    from sekimori.enforcement import switches
    from sekimori.work.clock import shared

    if source:
        from sekimori.values.outcomes import Refused

        try:
            count = switches.release(source, officer_with(officer, "approver") if officer else actor(), shared().now())
        except Refused as e:
            raise click.ClickException(e.why) from e
        click.echo(f"{count} letters go")
        return
    switches.resume(officer_with(officer, "approver") if officer else actor(), shared().now())
    click.echo("resumed")


@click.command()
@click.argument("category")
@click.option("--officer", default="", help="Officer with the role `approver`; required outside synthetic folders.")
def go_live(category: str, officer: str) -> None:
    """Take CATEGORY (`messaging`) or a type (`messaging/spam`) out of rehearsal. `sekimori notices` shows what it would have sent."""
    from sekimori.cli.django import setup

    setup()
    from sekimori.cli.purpose import actor
    from sekimori.enforcement import switches
    from sekimori.settings import current
    from sekimori.values.outcomes import Refused
    from sekimori.work.clock import shared

    if not officer and not current().synthetic:
        raise click.ClickException("leaving rehearsal needs an approver: --officer NAME")
    try:
        live = switches.go_live(category, officer_with(officer, "approver") if officer else actor(), shared().now())
    except Refused as e:
        raise click.ClickException(f"{e.code}: {e.why}") from e
    click.echo(json.dumps({"live": live}))
