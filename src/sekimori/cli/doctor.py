"""`sekimori doctor`."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

import click

MARK = {"ok": "ok  ", "warn": "WARN", "fail": "FAIL"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line: id, level, text.")
def doctor(as_json: bool) -> None:
    """Look over the installation; exit 1 where something must be put right."""
    from sekimori.cli.django import setup

    setup()
    from sekimori.cli.checks import run
    from sekimori.settings import current
    from sekimori.values.clock import SystemClock
    from sekimori.values.text import one_line

    found = run(current(), SystemClock().now())
    for finding in found:
        click.echo(json.dumps(asdict(finding), ensure_ascii=False) if as_json
                   else f"{MARK[finding.level]}  {finding.id:24} {one_line(finding.text)}")
    if any(f.level == "fail" for f in found):
        sys.exit(1)
