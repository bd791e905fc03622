"""Domains as DMARC compares them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList


@cache
def _suffixes() -> PublicSuffixList:
    # Imported here: the list takes 30 ms to read.
    from publicsuffixlist import PublicSuffixList
    return PublicSuffixList()


def organisational(domain: str) -> str:
    """Return the organisational domain (RFC 7489 §3.2, public suffix list); the domain itself where it is a suffix."""
    domain = domain.rstrip(".").lower()
    if not domain or len(domain) > 253 or ".." in domain:
        return domain
    try:
        return str(_suffixes().privatesuffix(domain) or domain)
    except (ValueError, IndexError, UnicodeError):
        return domain


def aligned(one: str, other: str, *, strict: bool = False) -> bool:
    """Whether two domains are aligned: equal, or, if not `strict`, of the same organisational domain (RFC 7489 §3.1)."""
    one, other = one.rstrip(".").lower(), other.rstrip(".").lower()
    if not one or not other:
        return False
    return one == other if strict else organisational(one) == organisational(other)


def domain_of(address: str) -> str:
    """Return the domain of `local@domain` in lower case, or ""."""
    return address.rpartition("@")[2].strip().strip("<>").rstrip(".").lower() if "@" in address else ""
