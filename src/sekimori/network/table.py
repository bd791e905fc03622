"""Which of our prefixes an address lay in during a window of time: one trie per address family. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from socket import AF_INET, AF_INET6

from pytricia import PyTricia

from sekimori.network.rows import NetworkRow
from sekimori.values.addresses import Address, Prefix, parse_prefix
from sekimori.values.clock import micros

ALWAYS, NEVER = -(2**62), 2**62


@dataclass(frozen=True, slots=True)
class Held:
    """A prefix of ours with its validity in microseconds: from `lo` (included) to `hi` (no more)."""

    prefix: str
    kind: str
    pd_length: int | None
    realm: str
    contact: str
    lo: int
    hi: int


@dataclass(frozen=True, slots=True)
class Match:
    """The most specific prefixes of ours that an address lay in. `rows` is empty where it was not ours at that time."""

    rows: tuple[Held, ...]
    partial: bool
    """What the address was changed inside the window (a pool was added, taken away or changed its kind)."""

    @property
    def ours(self) -> bool:
        """Whether the address lay in one of our prefixes at any instant of the window."""
        return bool(self.rows)

    def kind(self, *kinds: str) -> Held | None:
        """Return the first row of one of these kinds."""
        return next((r for r in self.rows if r.kind in kinds), None)


NOT_OURS = Match((), False)


class Table:
    """All prefixes with their history."""

    def __init__(self, rows: Iterable[NetworkRow]) -> None:
        self._tries = {4: PyTricia(32, AF_INET), 6: PyTricia(128, AF_INET6)}
        self._relays: list[Held] = []
        for row in rows:
            held = Held(row.prefix, row.kind, row.pd_length, row.realm, row.contact,
                        ALWAYS if row.valid_from is None else micros(row.valid_from),
                        NEVER if row.valid_to is None else micros(row.valid_to))
            trie = self._tries[row.family]
            trie.insert(row.prefix, (*(trie.get(row.prefix) if trie.has_key(row.prefix) else ()), held))
            if row.kind == "relay":
                self._relays.append(held)

    def match(self, address: Address, lo: int, hi: int) -> Match:
        """Return what a normalised address was during [lo, hi] (microseconds, ends included).

        The longest prefix that held during the whole window wins; rows of longer prefixes that held during a part of
        it are returned beside it, with `partial`.
        """
        trie = self._tries[address.version]
        key = trie.get_key(address.packed)
        found: list[Held] = []
        partial = False
        while key is not None:
            whole = False
            for held in trie.get(key):
                if held.lo <= hi and lo < held.hi:
                    found.append(held)
                    if held.lo <= lo and hi < held.hi:
                        whole = True
                    else:
                        partial = True
            if whole:
                break
            key = trie.parent(key)
        else:
            # Only parts of the window are covered, or nothing is.
            partial = bool(found)
        return Match(tuple(found), partial) if found else NOT_OURS

    def relays(self, at: int) -> list[Prefix]:
        """Return the prefixes of our own mail servers at an instant (microseconds)."""
        return [parse_prefix(r.prefix) for r in self._relays if r.lo <= at < r.hi]
