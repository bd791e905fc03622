"""`sekimori rules list|on|off|check`."""

from __future__ import annotations

import json
import sys

import click


@click.group()
def rules() -> None:
    """What officers' corrections taught about senders' free text."""


@rules.command("list")
def show() -> None:
    """One JSON line per rule."""
    from sekimori.cli.django import setup

    setup()
    from sekimori.reports.models import SenderRule

    for r in SenderRule.objects.order_by("domain", "id"):
        line = {"rule": r.pk, "domain": r.domain, "field": r.field, "label": r.label, "active": r.active, "officer": r.officer, "report": r.learned_from_id}
        click.echo(json.dumps(line, ensure_ascii=False))


@rules.command()
@click.argument("rule", type=int)
@click.option("--officer", required=True, help="Who decides this.")
def on(rule: int, officer: str) -> None:
    """Switch a rule on again."""
    _switch(rule, officer, on=True)


@rules.command()
@click.argument("rule", type=int)
@click.option("--officer", required=True, help="Who decides this.")
def off(rule: int, officer: str) -> None:
    """Switch a rule off; it is kept."""
    _switch(rule, officer, on=False)


@rules.command()
def check() -> None:
    """Read the reports that taught something again; exit 1 where the machine names another address than the officer."""
    from sekimori.cli.django import setup

    setup()
    from sekimori.reports import teaching

    wrong = 0
    for c in teaching.check():
        wrong += not c.agrees
        click.echo(json.dumps({"report": c.report, "domain": c.domain, "officer": c.officer, "machine": list(c.machine), "agrees": c.agrees}, ensure_ascii=False))
    sys.exit(1 if wrong else 0)


def _switch(rule: int, officer: str, *, on: bool) -> None:
    from sekimori.cli.django import setup

    setup()
    from sekimori.reports import teaching
    from sekimori.values.outcomes import Refused
    from sekimori.work.clock import shared

    try:
        teaching.switch(rule, officer, shared().now(), on=on)
    except Refused as e:
        raise click.ClickException(f"no rule {rule}") from e
