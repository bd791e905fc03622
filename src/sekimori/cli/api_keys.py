"""`sekimori api-keys`."""

from __future__ import annotations

import json

import click


@click.group("api-keys")
def api_keys() -> None:
    """Keys by which organisations prove themselves to the HTTP API."""


@api_keys.command()
@click.argument("domain")
def make(domain: str) -> None:
    """Make a key that stands for DOMAIN and print it; only its hash is kept, so it is shown this once."""
    from sekimori.cli.django import setup

    setup()
    from sekimori.api.keys import make_key
    from sekimori.cli.purpose import actor
    from sekimori.work.clock import shared

    if "." not in domain.strip(".") or not all(part and len(part) < 64 and part.replace("-", "").isalnum() and part.isascii() for part in domain.split(".")):
        raise click.UsageError(f"{domain} is no domain (in letters of the wire: xn--…)")
    click.echo(make_key(domain, actor(), shared().now()))


@api_keys.command("list")
def list_keys() -> None:
    """One JSON line per key: id, domain, when it was made, when revoked."""
    from sekimori.cli.django import setup

    setup()
    from sekimori.api.models import ApiKey
    from sekimori.values.clock import iso

    for row in ApiKey.objects.order_by("id"):
        click.echo(json.dumps({"id": row.pk, "domain": row.domain, "made_at": iso(row.created_at), "revoked_at": iso(row.revoked_at) if row.revoked_at else None}))


@api_keys.command()
@click.argument("key", type=int)
def revoke(key: int) -> None:
    """Let KEY (the id of `list`) prove nothing from now on."""
    from sekimori.cli.django import setup

    setup()
    from sekimori.api.keys import revoke_key
    from sekimori.cli.purpose import actor
    from sekimori.values.outcomes import Refused
    from sekimori.work.clock import shared

    try:
        row = revoke_key(key, actor(), shared().now())
    except Refused as e:
        raise click.ClickException(e.why) from e
    click.echo(json.dumps({"revoked": row.pk, "domain": row.domain}))
