"""HOST:PORT on the command line."""

from __future__ import annotations

import click


def host_port(text: str, hint: str = "") -> tuple[str, int]:
    """Return host (an IPv6 address without its brackets) and port. Raises click.UsageError with one line; `hint` says where it may be stated."""
    host, _, port = text.rpartition(":")
    if not host or not (port.isascii() and port.isdecimal()) or not 0 < int(port[:6]) < 65536:
        raise click.UsageError(f"{text or 'nothing'} is not HOST:PORT{hint and f' ({hint})'}")
    return host.strip("[]"), int(port)
