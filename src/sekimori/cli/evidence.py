"""`sekimori evidence get|verify|expire`."""

from __future__ import annotations

import json
import re
import sys

import click


@click.group()
def evidence() -> None:
    """The octets as they came, by their SHA-256."""


@evidence.command()
@click.argument("sha256")
@click.option("--case", "case", metavar="ID", help="The case that needs it.")
@click.option("--report", "report", metavar="ID", help="The report that needs it.")
@click.option("--synthetic", is_flag=True, help="Made-up data: only in a folder made by `init --synthetic`.")
@click.option("--basis", metavar="CODE", help="Legal basis (closed list).")
def get(sha256: str, case: str | None, report: str | None, synthetic: bool, basis: str | None) -> None:
    """Write the octets to standard output, after the ledger has recorded the reading."""
    from sekimori.cli.django import setup

    if not re.fullmatch(r"[0-9a-f]{64}", sha256):
        raise click.UsageError("SHA256 must be 64 hex digits")
    if sum(map(bool, (case, report, synthetic))) != 1:
        raise click.UsageError("name exactly one of --case, --report, --synthetic")
    setup()
    from django.db import transaction

    from sekimori.cli.purpose import actor, purpose
    from sekimori.evidence import store
    from sekimori.evidence.body import Changed
    from sekimori.ledger.service import read_protected
    from sekimori.values.clock import SystemClock
    from sekimori.values.outcomes import Refused

    why = purpose(case=case, report=report, synthetic=synthetic, basis=basis)
    with transaction.atomic():
        read_protected(actor(), why, "evidence.body", 1, sha256, SystemClock().now())
    try:
        raw = store.get(sha256)
    except store.Missing:
        raise click.ClickException(f"{sha256} is not kept here") from None
    except (Changed, Refused) as e:
        raise click.ClickException(str(e)) from e
    sys.stdout.buffer.write(raw)
    sys.stdout.buffer.flush()


@evidence.command()
@click.option("--json", "as_json", is_flag=True)
def verify(as_json: bool) -> None:
    """Re-hash the whole store; exit 1 where something is missing or changed."""
    from sekimori.cli.django import setup

    setup()
    from sekimori.evidence.verify import verify as check

    verdict = check()
    if as_json:
        click.echo(json.dumps({"whole": verdict.whole, "checked": verdict.checked, "octets": verdict.size,
                               "missing": verdict.missing, "changed": verdict.changed}))
    else:
        for name in verdict.missing:
            click.echo(f"missing {name}")
        for name in verdict.changed:
            click.echo(f"changed {name}")
        click.echo(f"{'whole' if verdict.whole else 'NOT whole'}: {verdict.checked} bodies, {verdict.size} octets, "
                   f"{len(verdict.missing)} missing, {len(verdict.changed)} changed")
    if not verdict.whole:
        sys.exit(1)


@evidence.command()
def expire() -> None:
    """Let go of closed cases' evidence after its period, let bodies expire that nobody holds, sweep the folder. Run daily."""
    from sekimori.cli.django import setup

    setup()
    from sekimori.cases.retention import release_over
    from sekimori.intake.housekeeping import tidy
    from sekimori.values.clock import SystemClock
    from sekimori.work import clockmark

    now = SystemClock().now()
    doubt = clockmark.observe(now)
    released = 0 if doubt else release_over(now)
    expired, files = tidy(now)
    click.echo(json.dumps({"released": released, "expired": expired, "files_removed": files, "clock_doubt": doubt}))
