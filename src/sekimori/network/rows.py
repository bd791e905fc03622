"""One row of `network load`, checked. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sekimori.values.addresses import parse_prefix
from sekimori.values.loads import BadRow, cell, validity

COLUMNS = ("prefix", "kind", "pd_length", "realm", "valid_from", "valid_to", "contact")
KINDS = frozenset({"static", "radius", "dhcp", "cgnat", "mape", "lw4o6", "dslite", "pd", "relay", "infrastructure", "delegated"})
SHARED = frozenset({"cgnat", "mape", "lw4o6"})
"""Kinds whose addresses many contracts share at once: the source port decides."""


@dataclass(frozen=True, slots=True)
class NetworkRow:
    """A prefix of one kind, in the database's words."""

    prefix: str
    family: int
    length: int
    kind: str
    pd_length: int | None
    realm: str
    valid_from: datetime | None
    valid_to: datetime | None
    contact: str

    @property
    def identity(self) -> tuple[Any, ...]:
        """What makes two rows the same row in two loads; the rest may be corrected by a later load."""
        return self.prefix, self.kind, self.realm, self.valid_from


def parse(row: Mapping[str, str]) -> NetworkRow:
    """Check one row of the file. Raises BadRow (`bad_prefix bad_kind bad_pd_length contact_missing bad_time …`)."""
    try:
        prefix = parse_prefix(cell(row, "prefix", 80, needed=True))
    except ValueError:
        raise BadRow("bad_prefix") from None
    kind = cell(row, "kind", 16, needed=True).lower()
    if kind not in KINDS:
        raise BadRow("bad_kind")
    pd_text, pd_length = cell(row, "pd_length", 4), None
    if pd_text:
        if prefix.version == 4 or not pd_text.isdecimal() or not prefix.prefixlen <= int(pd_text) <= 64:
            raise BadRow("bad_pd_length")
        pd_length = int(pd_text)
    contact = cell(row, "contact", 2000)
    if kind == "delegated" and not contact:
        raise BadRow("contact_missing")
    valid_from, valid_to = validity(row)
    return NetworkRow(str(prefix), prefix.version, prefix.prefixlen, kind, pd_length, cell(row, "realm", 40),
                      valid_from, valid_to, contact)
