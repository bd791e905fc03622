"""`sekimori programme status`."""

from __future__ import annotations

import sys

import click


@click.group()
def programme() -> None:
    """National programmes that report vulnerable or infected devices (NOTICE, NICTER …)."""


@programme.command()
@click.argument("name")
@click.option("--month", required=True, metavar="YYYY-MM")
def status(name: str, month: str) -> None:
    """Write the monthly status file of programme NAME to standard output: address, time, what became of it; never who."""
    from sekimori.cli.django import setup

    setup()
    from django.db import transaction

    from sekimori.ledger.service import write as ledger_write
    from sekimori.notices.programme import lines, month_of, write
    from sekimori.values.actors import Actor
    from sekimori.work.clock import shared

    try:
        start, end = month_of(month)
    except ValueError as e:
        raise click.UsageError("--month is YYYY-MM") from e
    with transaction.atomic():
        ledger_write(Actor("command", "programme"), "programme.status", f"programme:{name}"[:200], {"month": month}, shared().now())
    count = write(lines(name, start, end), sys.stdout)
    click.echo(f"{count} lines", err=True)
