"""DNS as this package needs it: an interface to inject, and the real one with limits on time and number."""

from __future__ import annotations

import time
from typing import Literal, Protocol

RecordType = Literal["TXT", "A", "AAAA", "MX", "PTR"]


class LookupFailed(Exception):
    """DNS gave no answer now (timeout, SERVFAIL, out of queries). An empty answer is not a failure."""


class Resolver(Protocol):
    """What SPF, DKIM, DMARC and ARC ask."""

    def query(self, name: str, kind: RecordType) -> list[str]:
        """Return the records as text: TXT joined, addresses, mail exchangers by preference, names without a last dot.

        [] where name or record does not exist. Raises LookupFailed.
        """
        ...


class DnsResolver:
    """The system's resolvers: at most `timeout_s` for one query, `total_s` and `queries` for all of one message."""

    def __init__(self, *, timeout_s: float = 2.0, total_s: float = 8.0, queries: int = 60, nameservers: list[str] | None = None) -> None:
        # Imported here: it costs 60 ms and commands without DNS need not pay.
        import dns.resolver
        self._resolver = dns.resolver.Resolver(configure=nameservers is None)
        if nameservers is not None:
            self._resolver.nameservers = list(nameservers)
        self._timeout_s = timeout_s
        self._until = time.monotonic() + total_s
        self._left = queries
        self._cache: dict[tuple[str, str], list[str]] = {}

    def query(self, name: str, kind: RecordType) -> list[str]:
        """See `Resolver.query`."""
        import dns.exception
        import dns.name
        import dns.resolver
        key = (name.rstrip(".").lower(), kind)
        if key in self._cache:
            return self._cache[key]
        left = min(self._timeout_s, self._until - time.monotonic())
        if left <= 0 or self._left <= 0:
            raise LookupFailed("out of time or queries")
        self._left -= 1
        try:
            answer = self._resolver.resolve(key[0] + ".", kind, lifetime=left, search=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            found: list[str] = []
        except (dns.name.LabelTooLong, dns.name.NameTooLong, dns.name.EmptyLabel, dns.name.BadEscape, UnicodeError):
            found = []
        except (dns.exception.DNSException, OSError) as e:
            raise LookupFailed(type(e).__name__) from None
        else:
            found = _as_text(list(answer), kind)
        self._cache[key] = found
        return found


def _as_text(records: list[object], kind: str) -> list[str]:
    if kind == "TXT":
        return [b"".join(r.strings).decode("utf-8", "replace")[:65_536] for r in records if hasattr(r, "strings")]
    if kind == "MX":
        pairs = sorted((r.preference, str(r.exchange).rstrip(".").lower()) for r in records if hasattr(r, "exchange") and hasattr(r, "preference"))
        return [host for _, host in pairs]
    return [str(r).rstrip(".").lower() for r in records]
