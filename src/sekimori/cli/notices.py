"""`sekimori notices`: what was written to whom, and what became of it."""

from __future__ import annotations

import json

import click


@click.command()
@click.option("--jsonl", is_flag=True, help="One JSON object a line (the only form there is).")
@click.option("--case", "case_ref", default="", help="Only notices of this case.")
@click.option("--audience", type=click.Choice(["member", "reporter"]), help="Only notices to members or to reporters.")
@click.option("--preview", metavar="KIND", help="Show a text with made-up facts instead (`warn`, `receipt` …; `list` names all).")
@click.option("--language", type=click.Choice(["ja", "en"]), default="ja", show_default=True, help="Of the preview.")
@click.option("--pdf", type=click.Path(dir_okay=False), help="Write the preview of a member's letter to this PDF file.")
def notices(jsonl: bool, case_ref: str, audience: str | None, preview: str | None, language: str, pdf: str | None) -> None:
    """Print every notice, oldest first; or preview a text."""
    from sekimori.cli.django import setup

    setup()
    if preview is not None:
        show(preview, language, pdf)
        return
    from sekimori.notices.lines import notice_line
    from sekimori.notices.models import Notice

    rows = Notice.objects.select_related("case").order_by("id")
    if case_ref:
        rows = rows.filter(case__ref=case_ref)
    if audience:
        rows = rows.filter(audience=audience)
    for notice in rows.iterator(chunk_size=1000):
        click.echo(json.dumps(notice_line(notice), ensure_ascii=False))


def show(kind: str, language: str, pdf: str | None) -> None:
    """Print a text with made-up facts, or write it on paper. One clear line where there is no such text, or it is broken."""
    from sekimori.notices import preview
    from sekimori.settings import current
    from sekimori.values.clock import SystemClock
    from sekimori.values.outcomes import Outage, Refused

    if kind == "list":
        click.echo("\n".join(f"{a}/{k}" for a, k in preview.kinds()))
        return
    audience = next((a for a, k in preview.kinds() if kind in (k, f"{a}/{k}")), None)
    if audience is None:
        raise click.ClickException(f"no text {kind!r}; --preview list names all")
    now = SystemClock().now()
    try:
        shown = preview.preview(audience, kind.rpartition("/")[2], language, current(), now)
        if pdf is not None:
            with open(pdf, "wb") as f:
                f.write(preview.pdf(shown, current(), now))
            return
    except (Refused, Outage, OSError) as e:
        raise click.ClickException(str(e)) from e
    click.echo(f"{shown.subject}\n\n{shown.body}")
