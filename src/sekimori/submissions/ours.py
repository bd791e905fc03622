"""Which addresses of clients are our own, and in which country the others are registered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sekimori.network.countries import store
from sekimori.network.store import current
from sekimori.submissions.stolen import SHIPPED
from sekimori.submissions.store import Where
from sekimori.values.addresses import Address, parse_address
from sekimori.values.clock import micros


def is_ours(now: datetime) -> Callable[[Address], bool]:
    """Return what tells whether an address lies in our own prefixes at `now`."""
    table, at = current(), micros(now)
    return lambda address: table.match(address, at, at).ours


def text_is_ours(now: datetime) -> Callable[[str], bool]:
    """Return the same for an address as text; what is no address is not ours."""
    ours = is_ours(now)

    def found(text: str) -> bool:
        address = parse_address(text)
        return address is not None and ours(address)

    return found


def finder(now: datetime) -> Where:
    """Return what tells the country of a client's address: our own prefixes are at home whatever registry they came from; "" without a table.

    Raises BadTable where the table is damaged.
    """
    return store.finder(is_ours(now), SHIPPED.home)
