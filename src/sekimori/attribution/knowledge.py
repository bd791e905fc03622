"""What an attribution may ask, and the real thing behind it: networks, intervals, rules, logins, mails, health of feeds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address
from typing import Protocol

from sekimori.assignments.models import Rule
from sekimori.assignments.rules.resolve import Resolved, Rules
from sekimori.assignments.rules.store import load_rules
from sekimori.assignments.store.factory import open_store
from sekimori.assignments.types import Probe, Row
from sekimori.attribution.health import Health, HealthBook
from sekimori.contracts.lookup import KeyBook, Owner
from sekimori.network import store as networks
from sekimori.network.table import Match
from sekimori.submissions.lookup import Hand, MailKey, by_mail
from sekimori.values.addresses import Address


class Knowledge(Protocol):
    """Everything that the answer to a batch of questions depends on."""

    def network(self, address: Address, lo: int, hi: int) -> Match:
        """Return which of our prefixes an address lay in."""
        ...

    def sizes(self, realm: str, family: int) -> Sequence[int]:
        """Return block sizes (4) or prefix lengths (6) in use in a realm."""
        ...

    def rows(self, probes: Sequence[Probe]) -> list[list[Row]]:
        """Return the intervals that touch each probe."""
        ...

    def rules(self, address: Address, port: int | None, lo: int, hi: int) -> Sequence[Resolved]:
        """Return what the computed sources say."""
        ...

    def owners(self, holders: Iterable[str]) -> KeyBook:
        """Return the contracts of logins, circuits and contract numbers."""
        ...

    def mails(self, keys: Sequence[MailKey]) -> list[list[Hand]]:
        """Return the mails of our submission log that fit."""
        ...

    def sharers(self, realm: str, address: IPv4Address, lo: int, hi: int) -> int:
        """Return how many holders of port blocks shared an address in a window."""
        ...

    def silence(self, realm: str, kind: str, lo: int, hi: int) -> str:
        """Return why the absence of a record proves nothing (`feed_gap`, `feed_lag` …), or "" where the feeds were well."""
        ...

    def jumped(self, row: Row, hi: int) -> bool:
        """Tell whether the clock of the row's device jumped before the window's end and nobody has confirmed it."""
        ...


class Stored:
    """The knowledge in the database, as of now (microseconds). Made anew for every batch."""

    _rules: tuple[str, Rules] | None = None
    """Kept between batches, as long as the table holds the very same rows: ids alone could be those of another database."""

    def __init__(self, now: int) -> None:
        self._table = networks.current()
        self._store = open_store()
        self._sizes: dict[tuple[str, int], list[int]] = {}
        self._health = HealthBook.now(now)
        mark = repr(list(Rule.objects.order_by("id").values_list("id", "kind", "realm", "prefix", "params", "valid_from", "valid_to", "superseded")))
        if Stored._rules is None or Stored._rules[0] != mark:
            Stored._rules = mark, load_rules()
        self._computed = Stored._rules[1]

    def network(self, address: Address, lo: int, hi: int) -> Match:
        """See Knowledge."""
        return self._table.match(address, lo, hi)

    def sizes(self, realm: str, family: int) -> Sequence[int]:
        """See Knowledge."""
        key = realm, family
        found = self._sizes.get(key)
        if found is None:
            found = self._sizes[key] = self._store.sizes(realm, family)
        return found

    def rows(self, probes: Sequence[Probe]) -> list[list[Row]]:
        """See Knowledge."""
        return self._store.lookup(probes)

    def rules(self, address: Address, port: int | None, lo: int, hi: int) -> Sequence[Resolved]:
        """See Knowledge."""
        return self._computed.resolve(address, port, lo, hi)

    def owners(self, holders: Iterable[str]) -> KeyBook:
        """See Knowledge."""
        return KeyBook.for_batch(holders)

    def mails(self, keys: Sequence[MailKey]) -> list[list[Hand]]:
        """See Knowledge."""
        return by_mail(keys)

    def sharers(self, realm: str, address: IPv4Address, lo: int, hi: int) -> int:
        """See Knowledge."""
        return self._store.sharers(realm, int(address), lo, hi)

    def silence(self, realm: str, kind: str, lo: int, hi: int) -> str:
        """See Knowledge."""
        return self._health.silence(realm, kind, lo, hi)

    def jumped(self, row: Row, hi: int) -> bool:
        """See Knowledge."""
        return self._health.jumped(row.feed, row.device, hi)


__all__ = ["Health", "Knowledge", "Owner", "Stored"]
