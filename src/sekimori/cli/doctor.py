"""`sekimori doctor`."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

import click

from sekimori.cli.listen import host_port

MARK = {"ok": "ok  ", "warn": "WARN", "fail": "FAIL"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line: id, level, text.")
@click.option("--self-test", "self_test", is_flag=True, help="Send a report that looks like spam to abuse@, and see whether it arrives and is read.")
@click.option("--lmtp", metavar="HOST:PORT", help="With --self-test: hand it to this door instead of the relay.")
@click.option("--wait", "seconds", default=120.0, show_default=True, help="With --self-test: seconds to wait for it.")
def doctor(as_json: bool, self_test: bool, lmtp: str | None, seconds: float) -> None:
    """Look over the installation; exit 1 where something must be put right."""
    from sekimori.cli.django import setup

    setup()
    if self_test:
        _self_test(as_json, lmtp, seconds)
        return
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


def _self_test(as_json: bool, lmtp: str | None, seconds: float) -> None:
    from sekimori.cli import selftest
    from sekimori.cli.finding import Finding
    from sekimori.settings import current

    passed, text = selftest.run(current(), host_port(lmtp) if lmtp else None, seconds)
    found = Finding("mail.selftest", "ok" if passed else "fail", text)
    click.echo(json.dumps(asdict(found), ensure_ascii=False) if as_json else f"{MARK[found.level]}  {found.id:24} {found.text}")
    if not passed:
        sys.exit(1)
