"""`sekimori demo`: the made-up provider れいじネット and what its desk does with a few hundred reports."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from typing import Any

import click

LMTP = "127.0.0.1:2424"


def _bar(name: str, done: int, of: int) -> None:
    if sys.stderr.isatty() or done == of or done % 100 == 0:
        share = f"[{'#' * (30 * done // of):<30}] {done}/{of}" if of else f"{done} rows"
        click.echo(f"\r{name:<9}{share}", nl=done == of or not sys.stderr.isatty(), err=True)


def _table(s: dict[str, Any]) -> str:
    seconds = s["seconds"]
    rows = [("provider made up", "", seconds["make"]), ("its records loaded", "", seconds["load"]), ("messages received by LMTP", s["messages"], seconds["receive"]), *((f"  read as {k}", n, "") for k, n in s["reports"].items()),
            ("findings", s["findings"], ""), ("  one certain contract", s["attributed"], ""), *((f"    by {k}", n, "") for k, n in s["attributed_by"].items()),
            ("    of them wrong (truth is planted)", s["wrong_contract"], ""), ("  ambiguous: wait for a person", s["ambiguous"], ""), ("  a downstream operator's", s["delegated"], ""), ("  not ours", s["not_ours"], ""),
            ("spam found by queue id, not by address", f"{s['spam_by_queue_id']} of {s['spam_findings']}", ""),
            ("items for a person to review", s["to_review"], ""), ("cases", s["cases"], ""), ("notices to members", s["notices_to_members"], seconds["stages"]),
            ("answers to reporters", s["notices_to_reporters"], "")]
    return "\n".join(f"{a:<42}{b!s:>14}{f'{c} s' if c != '' else '':>10}" for a, b, c in rows)


@click.command()
@click.option("--http", default="127.0.0.1:8080", show_default=True, metavar="HOST:PORT")
@click.option("--members", default=2000, show_default=True, type=click.IntRange(200, 200_000))
@click.option("--once", is_flag=True, help="Play the reports, print the summary and end.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
def demo(http: str, members: int, once: bool, as_json: bool) -> None:
    """Make the demo provider, play its reports through the real LMTP door, and leave the desk running."""
    from sekimori.cli.up import check_free, children, first_officer
    from sekimori.demo.folder import NotADemo, prepare
    from sekimori.settings import reset

    if not once:
        check_free(http)
        check_free(LMTP)
    try:
        folder = prepare(http)
    except NotADemo as e:
        raise click.ClickException(str(e)) from e
    reset()
    from sekimori.cli.django import setup

    setup()
    import contextlib

    from sekimori.cli.main import root
    from sekimori.demo.run import play

    with contextlib.redirect_stdout(sys.stderr):
        found = play(folder, members, datetime.now(UTC), lambda words: root.main(words, standalone_mode=False), lambda text: click.echo(text, err=True), _bar)
    click.echo(json.dumps(found, ensure_ascii=False) if as_json else _table(found))
    if once:
        return
    link = first_officer()
    from django.db import connection

    connection.close()
    import os

    from sekimori.cli.supervise import Supervisor

    click.echo(f"\npages     http://{http}/\nofficer   http://{http}{link}   (once, within 24 hours)\nmore      send a report: swaks --protocol LMTP --server {LMTP} --to abuse@reiji-net.example\nstop      Ctrl-C")
    Supervisor(children(http, LMTP), dict(os.environ)).run()
