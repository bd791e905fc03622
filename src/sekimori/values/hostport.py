"""HOST:PORT as settings and commands state it. Pure."""

from __future__ import annotations


def host_port(text: str) -> tuple[str, int]:
    """Return host (an IPv6 address without its brackets, RFC 3986 §3.2.2) and port 1…65535. Raises ValueError where it is none."""
    host, _, port = text.rpartition(":")
    if not host or not (port.isascii() and port.isdecimal()) or not 0 < int(port[:6]) < 65536:
        raise ValueError(f"{text or 'nothing'} is not HOST:PORT")
    return host.strip("[]"), int(port)
