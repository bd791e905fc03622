"""`sekimori notices`: what was written to whom, and what became of it."""

from __future__ import annotations

import json

import click


@click.command()
@click.option("--jsonl", is_flag=True, help="One JSON object a line (the only form there is).")
@click.option("--case", "case_ref", default="", help="Only notices of this case.")
@click.option("--audience", type=click.Choice(["member", "reporter"]), help="Only notices to members or to reporters.")
def notices(jsonl: bool, case_ref: str, audience: str | None) -> None:
    """Print every notice, oldest first."""
    from sekimori.cli.django import setup

    setup()
    from sekimori.notices.lines import notice_line
    from sekimori.notices.models import Notice

    rows = Notice.objects.select_related("case").order_by("id")
    if case_ref:
        rows = rows.filter(case__ref=case_ref)
    if audience:
        rows = rows.filter(audience=audience)
    for notice in rows.iterator(chunk_size=1000):
        click.echo(json.dumps(notice_line(notice), ensure_ascii=False))
