"""What the throw-away servers share: ports of loopback, and how they fail."""

from __future__ import annotations

import socket


class NotStarted(RuntimeError):
    """A server did not come up; the text holds what it said."""


def free_port() -> int:
    """Return a port of loopback that nobody listens on now."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])
