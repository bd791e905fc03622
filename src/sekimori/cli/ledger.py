"""`sekimori ledger verify`."""

from __future__ import annotations

import json

import click


@click.group()
def ledger() -> None:
    """The append-only chain of acts and of reads of protected data."""


@ledger.command()
def verify() -> None:
    """Check the whole chain; exit 1 and the first wrong entry where it does not hold."""
    from sekimori.cli.django import setup

    setup()
    from sekimori.ledger.chain import Break
    from sekimori.ledger.service import verify as do

    found = do()
    if isinstance(found, Break):
        click.echo(json.dumps({"ok": False, "first_wrong": found.seq, "why": found.why}))
        raise SystemExit(1)
    click.echo(json.dumps({"ok": True, "entries": found[0], "head": found[1]}))
