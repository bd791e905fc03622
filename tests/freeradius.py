"""Where tests find the throw-away server (sekimori.demo.servers)."""

from sekimori.demo.servers.freeradius import FreeRadius, usable

__all__ = ["FreeRadius", "usable"]
