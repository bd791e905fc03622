"""Where tests find the throw-away server (sekimori.demo.servers)."""

from sekimori.demo.servers.dovecot import Dovecot, usable

__all__ = ["Dovecot", "usable"]
