"""`sekimori up`: everything, supervised, until SIGTERM."""

from __future__ import annotations

import os
import socket

import click

from sekimori.cli.listen import host_port
from sekimori.cli.supervise import Child, Supervisor


def children(http: str, lmtp: str) -> list[Child]:
    """Return the processes of a desk on one machine."""
    from sekimori.settings import current

    policy = [Child("policy", ("actuators", "policy"))] if "postfix" in current().actuators.enabled else []
    tags = [Child("tags", ("tags", "serve"))] if current().tags.key and current().tags.listen else []
    # feeds.toml is read at the start and at every poll: a folder without one starts no process for it.
    feeds = [Child("feeds", ("feeds", "poll"))] if (current().data / "feeds.toml").exists() and not current().synthetic else []
    return [Child("intake", ("intake", "serve", "--lmtp", lmtp)), Child("work", ("work",)), Child("web", ("web", "--http", http)),
            Child("retention", ("retention", "--daily")), *feeds, *policy, *tags]


def first_officer() -> str:
    """Make the first officer where there is none, and return a one-time sign-in link ("" where officers exist)."""
    from sekimori.settings import current
    from sekimori.staff.models import Officer
    from sekimori.staff.service import make_officer, one_time_link
    from sekimori.values.actors import Actor
    from sekimori.work.clock import shared

    if Officer.objects.exists():
        return ""
    by, now = Actor("command", "up"), shared().now()
    officer = make_officer("desk", "triage handler approver rules legal reveal", by, now, display_name="Desk", language=current().desk.language)
    return f"/desk/enter/{one_time_link(officer, by, now)}"


def check_free(listen: str) -> None:
    """Raise click.ClickException where HOST:PORT is wrong or taken."""
    host, port = host_port(listen)
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            s.bind((host, port))
        except OSError as e:
            raise click.ClickException(f"cannot listen on {listen}: {e.strerror}") from e


@click.command()
@click.option("--http", "http", default="127.0.0.1:8080", show_default=True, metavar="HOST:PORT")
@click.option("--lmtp", "lmtp", default="127.0.0.1:2424", show_default=True, metavar="HOST:PORT")
def up(http: str, lmtp: str) -> None:
    """Run everything until SIGTERM: intake, stages, pages."""
    check_free(http)
    check_free(lmtp)
    from sekimori.cli.django import setup

    setup()
    from sekimori.settings import current

    link = first_officer()
    from django.db import connection

    connection.close()  # children open their own; a SQLite handle must not be shared over fork
    settings = current()
    click.echo(f"pages     http://{http}/")
    if link:
        click.echo(f"officer   http://{http}{link}   (once, within 24 hours)")
    click.echo(f"reports   lmtp:{lmtp}   Postfix: abuse_destination: lmtp:inet:{lmtp}  (docs/operate/intake.md)")
    click.echo(f"data      {settings.data}{'   (made-up data only)' if settings.synthetic else ''}")
    click.echo("stop      Ctrl-C or SIGTERM", nl=True)
    Supervisor(children(http, lmtp), {**os.environ, "SEKIMORI_DATA": str(settings.data)}).run()
