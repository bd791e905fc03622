"""Which hosts are believed: prefixes, host names, and what can only be the inside of somebody's network."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable

from sekimori.values.addresses import Address, Prefix, embedded, parse_prefix, special

_INSIDE = frozenset({"private", "loopback", "link_local", "shared", "unspecified"})
# Between the servers of Microsoft 365 mail travels over these (2603:1000::/24 and 2a01:111::/32 are Microsoft's own).
_MICROSOFT = (ipaddress.IPv6Network("2603:1000::/24"), ipaddress.IPv6Network("2a01:111::/32"))
_LINE_WORDS = re.compile(
    r"(?<![a-z])(?:dyn(?:amic)?|a?dsl|vdsl|ppp|pppoe|pool|dhcp|dial(?:up|in)?|cable|cust(?:omer)?|fib(?:re|er)|ftth|mobile|flets|ipngn|ipngnfx|ipbf|ipad|ipoe|ap\d|bb|broadband|client|user|host)(?![a-z])",
    re.IGNORECASE)
_SECOND_LEVEL = frozenset({"ac", "ad", "co", "com", "ed", "edu", "go", "gob", "gov", "gr", "lg", "ne", "net", "or", "org"})


class Trust:
    """The servers whose words are believed: any address of a prefix, a host by its full name.

    There is no trust in a whole domain: the lines of members often have names in it too.
    """

    def __init__(self, entries: Iterable[Prefix | str] = ()) -> None:
        self.prefixes: list[Prefix] = []
        self.hosts: set[str] = set()
        for entry in entries:
            if not isinstance(entry, str):
                self.prefixes.append(entry)
                continue
            try:
                self.prefixes.append(parse_prefix(entry))
            except ValueError:
                self.hosts.add(entry.strip().rstrip(".").lower())

    def __bool__(self) -> bool:
        return bool(self.prefixes or self.hosts)

    def address(self, address: Address | None) -> bool:
        """Whether an address is one of the trusted."""
        return address is not None and any(p.version == address.version and address in p for p in self.prefixes)

    def host(self, name: str) -> bool:
        """Whether a host name is one of the trusted. Only for names that a trusted server looked up or wrote itself."""
        return bool(name) and name in self.hosts


def inside(address: Address) -> bool:
    """Whether an address can only be met inside a network: private, loopback, shared (RFC 6598), or 6to4 of such."""
    if special(address) in _INSIDE:
        return True
    within = embedded(address)
    return within is not None and within[0] == "6to4" and special(within[1]) in _INSIDE


def provider_inside(address: Address, by: str) -> bool:
    """Whether this is the inside of a large provider that uses public addresses between its servers."""
    return by.endswith((".outlook.com", ".office365.com", ".exchangelabs.com")) and address.version == 6 and any(address in p for p in _MICROSOFT)


def line_name(name: str, address: Address) -> bool:
    """Whether a name looks like that of an access line, not of a mail server: parts of the address in it, or words for lines."""
    if _LINE_WORDS.search(name):
        return True
    if address.version == 6:
        return False
    octets = str(address).split(".")
    digits = re.findall(r"\d{1,12}", name)
    return sum(o in digits for o in octets) >= 2 or any("".join(f"{int(o):03d}" for o in octets[-2:]) in d for d in digits)


def organisation(host: str) -> str:
    """Return the domain that hosts of one owner likely share; good enough to compare, not to decide on."""
    labels = host.split(".")
    if len(labels) < 3:
        return host
    keep = 3 if len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL else 2
    return ".".join(labels[-keep:])
