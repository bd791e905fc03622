"""HOST:PORT on the command line."""

from __future__ import annotations

import click

from sekimori.values import hostport


def host_port(text: str, hint: str = "") -> tuple[str, int]:
    """Return host (an IPv6 address without its brackets) and port. Raises click.UsageError with one line; `hint` says where it may be stated."""
    try:
        return hostport.host_port(text)
    except ValueError as e:
        raise click.UsageError(f"{e}{hint and f' ({hint})'}") from None
