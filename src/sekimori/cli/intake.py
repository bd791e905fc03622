"""`sekimori intake serve|files` and `sekimori messages`."""

from __future__ import annotations

import json
import sys

import click

from sekimori.cli.listen import host_port


@click.group()
def intake() -> None:
    """Receive reports: keep them durably, then answer."""


@intake.command()
@click.option("--lmtp", metavar="HOST:PORT", help="LMTP, behind your own mail server.")
@click.option("--smtp", metavar="HOST:PORT", help="SMTP, for the desk's own addresses only.")
@click.option("--imap", is_flag=True, help="Collect the mailbox of the settings [imap].")
def serve(lmtp: str | None, smtp: str | None, imap: bool) -> None:
    """Open the doors and receive until SIGTERM."""
    from sekimori.cli.django import setup

    lmtp_at, smtp_at = (None if text is None else host_port(text) for text in (lmtp, smtp))
    if not (lmtp_at or smtp_at or imap):
        raise click.UsageError("name at least one of --lmtp, --smtp, --imap")
    setup()
    import asyncio

    from sekimori.evidence.durable import NotDurable
    from sekimori.intake.serve import Doors
    from sekimori.intake.serve import serve as run
    from sekimori.settings import current
    from sekimori.values.clock import SystemClock

    if imap and not current().imap.host:
        raise click.ClickException("[imap] host is not set")
    try:
        fault = asyncio.run(run(Doors(lmtp_at, smtp_at, imap), settings=current(), clock=SystemClock()))
    except NotDurable as e:
        raise click.ClickException(str(e)) from e
    except OSError as e:
        raise click.ClickException(f"cannot listen: {e.strerror or e}") from e
    if fault:
        raise click.ClickException(f"stopped, nothing can be stored: {fault}")


@intake.command()
@click.argument("paths", nargs=-1, required=True)
def files(paths: tuple[str, ...]) -> None:
    """Take mail files, mboxes, maildirs, folders of them, or - (standard input)."""
    from sekimori.cli.django import setup

    setup()
    from sekimori.intake.doors.files import take
    from sekimori.intake.ours import Ours
    from sekimori.settings import current
    from sekimori.values.clock import SystemClock

    settings = current()
    taken = take(paths, stdin=sys.stdin.buffer, ours=Ours.of(settings), clock=SystemClock(), mail_max=settings.mail.max_bytes)
    for name, reason in taken.refused_files:
        click.echo(f"{name}: {reason}", err=True)
    click.echo(json.dumps({"read": taken.read, "stored": taken.stored, "refused": taken.refused, "reasons": dict(taken.reasons)}))
    if taken.refused and not taken.stored:
        sys.exit(1)


@click.command()
@click.option("--jsonl", is_flag=True, required=True, help="One JSON object a line.")
def messages(jsonl: bool) -> None:
    """List what was received, oldest first."""
    from sekimori.cli.django import setup

    setup()
    from sekimori.intake.models import Message
    from sekimori.values.clock import iso

    names = ("id", "sha256", "door", "received_at", "mail_from", "rcpt_to", "state", "route", "auto", "size", "copies", "authenticated")
    for row in Message.objects.order_by("id").values(*names).iterator(chunk_size=2000):
        row["received_at"] = iso(row["received_at"])
        click.echo(json.dumps(row, ensure_ascii=False))
