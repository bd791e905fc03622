"""`sekimori cases`, `measures`, `case export`, `ladder simulate`."""

from __future__ import annotations

import json
from pathlib import Path

import click


@click.command()
@click.option("--jsonl", is_flag=True, help="One JSON object a line (the only form there is).")
@click.option("--open", "only_open", is_flag=True, help="Only cases that are not closed.")
def cases(jsonl: bool, only_open: bool) -> None:
    """Print every case, oldest first: where it stands, and why the next steps are not yet possible."""
    from sekimori.cli.django import setup

    setup()
    from sekimori.cases.models import Case
    from sekimori.enforcement.casefacts import world
    from sekimori.enforcement.lines import case_line, now_line
    from sekimori.work.clock import shared

    rows = Case.objects.select_related("contract").order_by("id")
    if only_open:
        rows = rows.filter(closed_at__isnull=True)
    now, about = shared().now(), world()
    for case in rows.iterator(chunk_size=500):
        click.echo(json.dumps(case_line(case) if case.closed_at else now_line(case, now, about), ensure_ascii=False))


@click.command()
@click.option("--jsonl", is_flag=True, help="One JSON object a line (the only form there is).")
@click.option("--case", "case_ref", default="", help="Only measures of this case.")
def measures(jsonl: bool, case_ref: str) -> None:
    """Print every measure, oldest first."""
    from sekimori.cli.django import setup

    setup()
    from sekimori.enforcement.lines import measure_line
    from sekimori.enforcement.models import Measure

    rows = Measure.objects.select_related("case__contract").prefetch_related("approvals").order_by("id")
    if case_ref:
        rows = rows.filter(case__ref=case_ref)
    for measure in rows.iterator(chunk_size=500):
        click.echo(json.dumps(measure_line(measure), ensure_ascii=False))


@click.group()
def case() -> None:
    """One case."""


@case.command()
@click.argument("ref")
@click.option("--to", "target", type=click.Path(dir_okay=False, path_type=Path), help="File to write (default: REF.zip).")
@click.option("--basis", help="Legal basis of reading the evidence (default: the one its contract was looked up on).")
def export(ref: str, target: Path | None, basis: str | None) -> None:
    """Write a proof bundle: evidence, proofs of attribution, acts, ledger excerpt, and a verifier that needs nothing but Python."""
    from sekimori.cli.django import setup

    setup()
    from sekimori.cli.purpose import actor
    from sekimori.enforcement.export.bundle import write_bundle
    from sekimori.values.outcomes import Refused
    from sekimori.work.clock import shared

    path = target or Path(f"{ref}.zip")
    try:
        told = write_bundle(ref, path, actor(), shared().now(), basis)
    except Refused as e:
        raise click.ClickException(f"{e.code}: {e.why}") from e
    click.echo(json.dumps({"file": str(path), **told}, ensure_ascii=False))


@case.command()
@click.option("--policy", default="", help="Only cases of this policy (`messaging`, `connection`, …).")
@click.option("--experiment", default="", help="Name of a comparison of two variants of a notice or channel.")
@click.option("--variants", default="a b", show_default=True, help="Names of the variants, separated by spaces.")
def outcomes(policy: str, experiment: str, variants: str) -> None:
    """Tell how many cases are clean 1, 7, 14 and 30 days after the warning arrived, beside those that nobody was told about."""
    from sekimori.cli.django import setup

    setup()
    from sekimori.enforcement.outcomes.report import outcomes as collect
    from sekimori.enforcement.outcomes.report import summary
    from sekimori.work.clock import shared

    now = shared().now()
    click.echo(json.dumps(summary(collect(now, policy, experiment, variants.split()), now), ensure_ascii=False))


@click.group()
def ladder() -> None:
    """The ladder of measures."""


@ladder.command()
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--days", default=90, show_default=True, help="How many days of findings to replay.")
@click.option("--jsonl", is_flag=True, help="One JSON object a line (the only form there is).")
def simulate(file: Path | None, days: int, jsonl: bool) -> None:
    """Replay the last days' findings on FILE (default: the ladder in force), and say what it would have proposed, and when.

    Nothing is written. Officers are taken to agree at once, members to say nothing, warnings to arrive when they are sent.
    """
    from sekimori.cli.django import setup

    setup()
    from sekimori.enforcement.simulate import simulate as replay
    from sekimori.policy import PolicyError
    from sekimori.policy import ladder as in_force
    from sekimori.policy.load import load_ladder
    from sekimori.work.clock import shared

    try:
        rules = load_ladder(file) if file else in_force()
    except PolicyError as e:
        raise click.ClickException(str(e)) from e
    for line in replay(rules, days, shared().now()):
        click.echo(json.dumps(line, ensure_ascii=False))


@ladder.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--officer", required=True, help="Officer with the role `rules` who activates it.")
def activate(file: Path, officer: str) -> None:
    """Make FILE the ladder in force (DATA/policy/ladder.toml). The ledger keeps its version and hash."""
    from sekimori.cli.django import setup

    setup()
    from sekimori.cli.switches import officer_with
    from sekimori.enforcement.rulebook import activate as make_active
    from sekimori.policy import PolicyError
    from sekimori.work.clock import shared

    who = officer_with(officer, "rules")
    try:
        told = make_active(file, who, shared().now())
    except PolicyError as e:
        raise click.ClickException(str(e)) from e
    click.echo(json.dumps(told, ensure_ascii=False))
