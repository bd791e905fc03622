"""`sekimori notices`: what was written to whom, and what became of it."""

from __future__ import annotations

import json
from typing import Any

import click


@click.command()
@click.option("--jsonl", is_flag=True, help="One JSON object a line (the only form there is).")
@click.option("--case", "case_ref", default="", help="Only notices of this case.")
@click.option("--audience", type=click.Choice(["member", "reporter"]), help="Only notices to members or to reporters.")
def notices(jsonl: bool, case_ref: str, audience: str | None) -> None:
    """Print every notice, oldest first."""
    from sekimori.cli.django import setup

    setup()
    from sekimori.notices.models import Notice

    rows = Notice.objects.select_related("case").order_by("id")
    if case_ref:
        rows = rows.filter(case__ref=case_ref)
    if audience:
        rows = rows.filter(audience=audience)
    for notice in rows.iterator(chunk_size=1000):
        click.echo(json.dumps(as_json(notice), ensure_ascii=False))


def as_json(notice: Any) -> dict[str, Any]:
    """Return a notice with the keys of interfaces.md."""
    from sekimori.values.clock import iso

    return {
        "id": notice.ref, "case": notice.case.ref if notice.case is not None else None, "audience": notice.audience,
        "to": notice.to, "channel": notice.channel, "state": notice.state,
        "sent_at": iso(notice.sent_at) if notice.sent_at else None,
        "delivered_at": iso(notice.delivered_at) if notice.delivered_at else None,
        "template": notice.template, "language": notice.language,
        "measure": notice.measure or None, "template_version": notice.template_version, "subject": notice.subject,
        "written_at": iso(notice.written_at), "undelivered_at": iso(notice.undelivered_at) if notice.undelivered_at else None,
    }
