"""`sekimori refusals`."""

from __future__ import annotations

import json
from datetime import datetime

import click


@click.group()
def refusals() -> None:
    """The register of refused new contracts (hashes only)."""


@refusals.command()
@click.option("--name", required=True)
@click.option("--born", required=True, type=click.DateTime(["%Y-%m-%d"]), help="Birth date.")
@click.option("--phone", required=True)
def check(name: str, born: datetime, phone: str) -> None:
    """Tell whether a new contract is refused to a person; the question goes into the ledger."""
    from sekimori.cli.django import setup

    setup()
    from sekimori.cli.purpose import actor
    from sekimori.enforcement.refusals import check as look_up
    from sekimori.values.clock import iso
    from sekimori.work.clock import shared

    found = look_up(name, born.date(), phone, actor(), shared().now())
    click.echo(json.dumps({"refused": found is not None, "clause": found.clause if found else None, "until": iso(found.until) if found else None},
                          ensure_ascii=False))
