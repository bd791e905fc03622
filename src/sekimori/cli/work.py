"""`sekimori work`."""

from __future__ import annotations

import json
import signal
import threading
from dataclasses import asdict

import click


@click.group(invoke_without_command=True)
@click.option("--once", is_flag=True, help="Run the stages until nothing is due, then end.")
@click.option("--status", "show", is_flag=True, help="Print due, later, held, dead and the oldest, per stage and lane.")
@click.pass_context
def work(ctx: click.Context, once: bool, show: bool) -> None:
    """Run the stages of the river."""
    from sekimori.cli.django import setup

    setup()
    if ctx.invoked_subcommand:
        return
    from sekimori.flow.run import runner
    from sekimori.work.status import status

    r = runner()
    if show:
        for row in status(r.stages, r.clock.now()):
            click.echo(json.dumps(asdict(row), ensure_ascii=False))
        return
    if once:
        click.echo(json.dumps({"claimed": r.until_idle()}))
        return
    stop = threading.Event()
    for sig in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sig, lambda *_: stop.set())
    from django.db import connection

    if connection.vendor == "postgresql":
        from sekimori.work.waking import Listener

        r.forever(stop, Listener().wait)
    else:
        r.forever(stop)


@work.command()
@click.argument("ident", metavar="STAGE:ID")
def retry(ident: str) -> None:
    """Make a dead or held row due again: `sekimori work retry reports.read:17`."""
    from sekimori.flow.stages import stages
    from sekimori.ledger.service import write
    from sekimori.values.actors import Actor
    from sekimori.values.outcomes import Refused
    from sekimori.work.clock import shared
    from sekimori.work.status import retry as do

    name, _, row = ident.rpartition(":")
    if not row.isdecimal() or not name:
        raise click.UsageError("ID is STAGE:NUMBER, as `work --status` and the review list show it")
    try:
        do(stages(), name, int(row), Actor("command", "work"), write, shared().now())
    except Refused as e:
        raise click.ClickException(str(e)) from e
    click.echo(f"{ident} is due again")
