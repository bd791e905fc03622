"""`sekimori feeds poll|status`."""

from __future__ import annotations

import json
import sys
import time

import click


@click.group()
def feeds() -> None:
    """Fetch the feeds of DATA/feeds.toml, and see which need a look."""


@feeds.command()
@click.option("--once", is_flag=True, help="Ask what is due now, then end.")
def poll(once: bool) -> None:
    """Ask the feeds that are due; without --once until SIGTERM, a look every minute."""
    from sekimori.cli.django import setup

    setup()
    from sekimori.reports.feeds.config import FeedError
    from sekimori.reports.feeds.service import alarm, configured
    from sekimori.reports.feeds.service import poll as ask
    from sekimori.settings import current
    from sekimori.work.clock import shared

    if current().synthetic:
        raise click.ClickException("a synthetic folder fetches nothing")
    while True:
        try:
            feeds = configured(current())
            done = ask(feeds, shared().now())
            alarm(feeds, shared().now())
        except FeedError as e:
            raise click.ClickException(str(e)) from e
        for name, result in done.items():
            click.echo(json.dumps({"feed": name, "new": result} if isinstance(result, int) else {"feed": name, "fault": result}, ensure_ascii=False))
        if once:
            return
        time.sleep(60)


@feeds.command()
def status() -> None:
    """One JSON line per feed; exit 1 where one is silent, faulty or changed."""
    from sekimori.cli.django import setup

    setup()
    from sekimori.reports.feeds.config import FeedError
    from sekimori.reports.feeds.service import configured
    from sekimori.reports.feeds.service import status as look
    from sekimori.settings import current
    from sekimori.work.clock import shared

    try:
        lines = look(configured(current()), shared().now())
    except FeedError as e:
        raise click.ClickException(str(e)) from e
    for line in lines:
        click.echo(json.dumps(line, ensure_ascii=False))
    if any(x["alarms"] for x in lines):
        sys.exit(1)
