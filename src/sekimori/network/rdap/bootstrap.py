"""Which registry answers for an address: IANA's bootstrap list (RFC 9224), shipped with the package. Pure."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from socket import AF_INET, AF_INET6
from urllib.parse import urlsplit

from pytricia import PyTricia

from sekimori.values.addresses import Address, parse_prefix

NATIONAL = (".apnic.net", ".lacnic.net", ".registro.br", ".arin.net", ".ripe.net", ".afrinic.net")
"""National registries answer under these names; a registry may send us on to them, and nowhere else."""


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """Prefixes → the base URL of their registry's RDAP server."""

    tries: dict[int, PyTricia]
    hosts: frozenset[str]

    @classmethod
    def of(cls, services: Iterable[tuple[str, Iterable[str]]]) -> Bootstrap:
        """Build from (base URL, prefixes). Raises ValueError for a prefix that is none."""
        tries = {4: PyTricia(32, AF_INET), 6: PyTricia(128, AF_INET6)}
        hosts = set()
        for url, prefixes in services:
            hosts.add(urlsplit(url).hostname or "")
            for text in prefixes:
                prefix = parse_prefix(text)
                tries[prefix.version].insert(str(prefix), url)
        return cls(tries, frozenset(hosts))

    def server(self, address: Address) -> str:
        """Return the base URL for an address, "" where no registry answers for it."""
        trie = self.tries[address.version]
        return str(trie.get(str(address)) or "")

    def may_ask(self, url: str) -> bool:
        """Tell whether a redirect may lead to this URL: a registry of the list or below its name, over https."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        return host in self.hosts or (parts.scheme == "https" and host.endswith(NATIONAL))


@cache
def shipped() -> Bootstrap:
    """Return the list that comes with the package."""
    data = tomllib.loads((files("sekimori.network.rdap") / "bootstrap.toml").read_text(encoding="utf-8"))
    return Bootstrap.of((s["url"], s["prefixes"]) for s in data["service"])
