"""DMARC policies: what a domain asks receivers to do (RFC 7489)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .dns import Resolver
from .domains import organisational

Wish = Literal["none", "quarantine", "reject"]
MAX_RECORD = 4_096


@dataclass(frozen=True, slots=True)
class Policy:
    """`domain` is where the record stands; `wish` what it asks for mail that is not aligned; strictness of alignment."""

    domain: str
    wish: Wish
    strict_dkim: bool = False
    strict_spf: bool = False


def parse_policy(record: str, domain: str, *, subdomain: bool = False) -> Policy | None:
    """Return the policy of a `v=DMARC1` record, or None where it is none (RFC 7489 §6.3); `sp=` counts for subdomains."""
    if len(record) > MAX_RECORD:
        return None
    tags: dict[str, str] = {}
    for index, piece in enumerate(record.split(";", 50)):
        name, equals, value = piece.partition("=")
        name = name.strip().lower()
        if index == 0 and (name != "v" or value.strip() != "DMARC1"):
            return None
        if equals:
            tags.setdefault(name, value.strip().lower())
    wish = tags.get("sp", tags.get("p", "")) if subdomain else tags.get("p", "")
    known: dict[str, Wish] = {"none": "none", "quarantine": "quarantine", "reject": "reject"}
    if wish not in known:
        # §6.6.3: a record without a valid p= but with rua= is treated as p=none.
        if "rua" not in tags:
            return None
        wish = "none"
    return Policy(domain, known[wish], tags.get("adkim") == "s", tags.get("aspf") == "s")


def find_policy(domain: str, resolver: Resolver) -> Policy | None:
    """Return the policy for mail From `domain`: its own record, or its organisational domain's (§6.6.3).

    Raises LookupFailed where DNS gave no answer.
    """
    parent = organisational(domain)
    for name in dict.fromkeys((domain, parent)):
        records = [r for r in resolver.query("_dmarc." + name, "TXT") if r.replace(" ", "").startswith("v=DMARC1")]
        if len(records) == 1:
            return parse_policy(records[0], name, subdomain=name != domain)
        if records:
            return None
    return None


