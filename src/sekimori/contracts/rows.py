"""Rows of `contracts load`, `logins load` and `circuits load`, checked. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime

from sekimori.values.loads import BadRow, cell, validity

CONTRACT_COLUMNS = ("contract", "holder", "kind", "language", "email", "alt_email", "phone", "postal", "access",
                    "product", "protected", "consents", "valid_from", "valid_to")
KEY_COLUMNS = ("key", "contract", "valid_from", "valid_to", "user")
LANGUAGES = frozenset({"ja", "en"})
_ADDRESS = re.compile(r"[^\s@<>,;]{1,128}@[^\s@<>,;]{1,125}")


@dataclass(frozen=True, slots=True)
class HolderData:
    """Name and channels of a holder: protected data."""

    holder: str = ""
    email: str = ""
    alt_email: str = ""
    phone: str = ""
    postal: str = ""


HOLDER_FIELDS = tuple(f.name for f in fields(HolderData))


@dataclass(frozen=True, slots=True)
class ContractData:
    """A contract without its holder."""

    key: str
    kind: str
    language: str
    access: str
    product: str
    protected: str
    consents: str
    valid_from: datetime | None
    valid_to: datetime | None


CONTRACT_FIELDS = tuple(f.name for f in fields(ContractData))


@dataclass(frozen=True, slots=True)
class KeyData:
    """A login or circuit and its contract."""

    key: str
    contract: str
    valid_from: datetime | None
    valid_to: datetime | None
    user: str


def parse_contract(row: Mapping[str, str]) -> tuple[ContractData, HolderData]:
    """Check one row of contracts. Raises BadRow (`contract_missing bad_language bad_email bad_time …`)."""
    language = cell(row, "language", 8).lower() or "ja"
    if language not in LANGUAGES:
        raise BadRow("bad_language")
    holder = HolderData(cell(row, "holder", 400), cell(row, "email", 254), cell(row, "alt_email", 254),
                        cell(row, "phone", 40), cell(row, "postal", 1000))
    for address in (holder.email, holder.alt_email):
        if address and not _ADDRESS.fullmatch(address):
            raise BadRow("bad_email")
    consents = " ".join(sorted(set(cell(row, "consents", 200).replace(",", " ").replace(";", " ").split())))
    valid_from, valid_to = validity(row)
    return ContractData(cell(row, "contract", 80, needed=True), cell(row, "kind", 16) or "person", language,
                        cell(row, "access", 16).lower(), cell(row, "product", 40), cell(row, "protected", 40), consents,
                        valid_from, valid_to), holder


def parse_key(row: Mapping[str, str]) -> KeyData:
    """Check one row of logins or circuits. Raises BadRow (`key_missing contract_missing bad_time …`)."""
    valid_from, valid_to = validity(row)
    return KeyData(cell(row, "key", 254, needed=True), cell(row, "contract", 80, needed=True), valid_from, valid_to,
                   cell(row, "user", 120))
