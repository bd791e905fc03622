"""Addresses masked in what is shown back: a pasted notice holds other people's addresses. Pure."""

from __future__ import annotations

import re

from sekimori.bounces.parser.addresses import ADDRESS
from sekimori.values.text import one_line

_FIND = re.compile(ADDRESS)


def mask(address: str) -> str:
    """Return an address with the middle of its local part hidden: `h…o@isp.example`; the domain stays, it is needed."""
    local, at, domain = address.rpartition("@")
    if not at:
        return "…"
    return f"{local[:1]}…{local[-1:] if len(local) > 2 else ''}@{domain}"


def mask_all(text: str) -> str:
    """Return a text with every address in it masked."""
    return _FIND.sub(lambda m: mask(m.group()), text) if "@" in text else text


def shown(text: str, limit: int) -> str:
    """Return a text fit for showing: one line, addresses masked, cut."""
    return one_line(mask_all(text), limit)
