"""Where tests find the throw-away server (sekimori.demo.servers)."""

from sekimori.demo.servers.postfix import Postfix, usable

__all__ = ["Postfix", "usable"]
