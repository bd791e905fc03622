"""What all tables of countries have in common: rows, codes, numbers, and the one fault. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from socket import AF_INET, AF_INET6, inet_pton

UNKNOWN = 0
"""The code of "no country": reserved ranges, and codes such as EU, AP and ZZ that name none."""
NO_COUNTRY = frozenset({"", "-", "ZZ", "EU", "AP", "XX", "A1", "A2", "O1", "T1", "NONE"})
V4 = 1 << 32
MAPPED = 0xFFFF << 32
"""IPv4-mapped IPv6 addresses (RFC 4291 §2.5.5.2) begin here."""
_CODE = re.compile(r"[A-Z]{2}\Z")

Row = tuple[int, int, int, int]
"""Family, first and last address as numbers, code of the country."""


class BadTable(Exception):
    """A file is no table of countries, or a damaged one. The text is one line for a person and names the file."""


@dataclass(slots=True)
class Told:
    """What a file told of itself."""

    name: str
    kind: str = ""
    rows: int = 0
    unknown: int = 0
    """Rows that name no country."""
    dated: str = ""
    """The day (YYYYMMDD) that the file states, "" where it states none."""
    locations: dict[str, int] = field(default_factory=dict)
    """geoname_id → code, of a `locations` file."""


def code_of(text: str) -> int:
    """Return an ISO 3166 code as a number, UNKNOWN for codes that name no country. Raises ValueError."""
    text = text.strip().upper()
    if text in NO_COUNTRY:
        return UNKNOWN
    if not _CODE.match(text):
        raise ValueError(f"{text[:20]!r} is no country code")
    return ord(text[0]) << 8 | ord(text[1])


def text_of(code: int) -> str:
    """Return the two letters of a code, "" for UNKNOWN."""
    return chr(code >> 8) + chr(code & 255) if code else ""


def number(text: str) -> tuple[int, int]:
    """Return (family, number) of an address. Raises ValueError."""
    try:
        if ":" in text:
            value = int.from_bytes(inet_pton(AF_INET6, text.strip()))
            return (4, value - MAPPED) if value >> 32 == 0xFFFF else (6, value)
        return 4, int.from_bytes(inet_pton(AF_INET, text.strip()))
    except (OSError, ValueError):
        raise ValueError(f"has {text[:50]!r} where an address should be") from None


def count(text: str) -> int:
    """Return a number of at most ten digits. Raises ValueError."""
    if not (text.isascii() and text.isdigit() and len(text) < 11):
        raise ValueError(f"has {text[:20]!r} where a number should be")
    return int(text)
