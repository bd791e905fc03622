"""`sekimori retention`: forget what is over, all kinds of rows at once."""

from __future__ import annotations

import json
import threading
from datetime import datetime, timedelta
from typing import Any

import click

AT = timedelta(hours=3, minutes=40)
"""Time of day in Japan for the daily run: after most logs are rotated, before people work."""


def run_once(now: datetime) -> dict[str, Any]:
    """Forget everything whose time is over; nothing at all while the clock is in doubt."""
    from sekimori.assignments import expiry
    from sekimori.assignments.store.factory import open_store
    from sekimori.cases.retention import release_over
    from sekimori.flow.retention import forget
    from sekimori.intake.housekeeping import tidy
    from sekimori.policy.files import retention
    from sekimori.settings import current
    from sekimori.submissions.store import expire as expire_submissions
    from sekimori.values.actors import Actor
    from sekimori.values.clock import micros
    from sekimori.work import clockmark

    doubt = clockmark.observe(now)
    if doubt:
        return {"clock_doubt": doubt}
    actor, periods = Actor("command", "retention"), retention()
    forgotten = forget(actor, now)
    released = release_over(now)
    bodies, files = tidy(now)
    logs = expiry.expire(open_store(), expiry.limits(periods.connection_logs_days, {}, micros(now)), current().data / "refused", actor, micros(now))
    submissions = expire_submissions(now - timedelta(days=periods.submission_logs_days), actor, now)
    return {"messages": forgotten.messages, "cases": forgotten.cases, "traces": forgotten.traces, "holds_released": released, "bodies": bodies, "files": files,
            "assignments": logs.rows, "submissions": submissions}


def until_next(now: datetime) -> float:
    """Return the seconds from `now` to the next daily run."""
    from sekimori.values.clock import JST

    local = now.astimezone(JST)
    at = local.replace(hour=0, minute=0, second=0, microsecond=0) + AT
    return (at - local if at > local else at + timedelta(days=1) - local).total_seconds()


@click.command()
@click.option("--daily", is_flag=True, help="Stay, and run every night at 03:40 JST, until SIGTERM.")
def retention(daily: bool) -> None:
    """Delete rows and octets whose period in retention.toml is over, with a record in the ledger."""
    import signal

    from sekimori.cli.django import setup

    setup()
    from django.db import connection

    from sekimori.work.clock import shared

    if not daily:
        click.echo(json.dumps(run_once(shared().now())))
        return
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    while not stop.wait(until_next(shared().now())):
        click.echo(json.dumps(run_once(shared().now())))
        connection.close()
