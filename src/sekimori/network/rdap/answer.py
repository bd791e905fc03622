"""Read an RDAP answer about an address: which range it is in, and the range's abuse contact (RFC 9083 §5.4, RFC 7095). Pure."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from sekimori.values.addresses import Address, parse_address

_MAIL = re.compile(r"[A-Za-z0-9._%+\-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,10}[A-Za-z0-9-]{2,63}")
DEPTH, ENTITIES = 4, 200
WIDEST = {4: 8, 6: 12}
"""A range wider than this is a registry's own block, nobody's network."""


@dataclass(frozen=True, slots=True)
class Holder:
    """A range and whom to write to about it; `contact` is "" where none is registered."""

    first: Address
    last: Address
    contact: str


def read(data: bytes, address: Address) -> Holder | None:
    """Return what the answer says; None where it is no answer about this address. Never raises."""
    try:
        answer = json.loads(data)
    except (ValueError, RecursionError):
        return None
    if not isinstance(answer, dict):
        return None
    first, last = (parse_address(str(answer.get(k) or "").partition("/")[0]) for k in ("startAddress", "endAddress"))
    if first is None or last is None or not first.version == last.version == address.version or not int(first) <= int(address) <= int(last):
        return None
    bits = 32 if address.version == 4 else 128
    if int(last) - int(first) >= 1 << (bits - WIDEST[address.version]):
        return None
    return Holder(first, last, _abuse(answer))


def _abuse(answer: dict[str, Any]) -> str:
    """Return the mail address of the nearest entity with the role `abuse`: breadth first, bounded."""
    level, seen = _entities(answer), 0
    for _ in range(DEPTH):
        deeper: list[dict[str, Any]] = []
        for entity in level:
            seen += 1
            if seen > ENTITIES:
                return ""
            roles = entity.get("roles")
            if isinstance(roles, list) and any(str(r).lower() == "abuse" for r in roles):
                found = _mail(entity.get("vcardArray"))
                if found:
                    return found
            deeper += _entities(entity)
        level = deeper
    return ""


def _entities(node: dict[str, Any]) -> list[dict[str, Any]]:
    found = node.get("entities")
    return [e for e in found[:ENTITIES] if isinstance(e, dict)] if isinstance(found, list) else []


def _mail(card: object) -> str:
    if not isinstance(card, list) or len(card) < 2 or not isinstance(card[1], list):
        return ""
    for row in card[1][:100]:
        if isinstance(row, list) and len(row) >= 4 and str(row[0]).lower() == "email" and isinstance(row[3], str):
            text = row[3].strip()
            if len(text) <= 254 and _MAIL.fullmatch(text):
                return text
    return ""
