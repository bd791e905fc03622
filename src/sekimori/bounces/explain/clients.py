"""Errors that mail programs show themselves (0x800CCC0F …): explained apart, since no server has refused anything."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .catalogue import Language, load

_CODE = re.compile(r"\b0x8[0-9a-f]{7}\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ClientError:
    """One code of a mail program and what it means."""

    code: str
    title: str
    meaning: str
    known: bool


def client_errors(text: str, language: Language) -> list[ClientError]:
    """Return the codes of mail programs in a text with their meaning; unknown ones get the general advice. At most ten."""
    data = load("clients.toml")
    known = {k.lower(): (k, v) for k, v in data["code"].items()}
    out: list[ClientError] = []
    for code in dict.fromkeys(m.group().lower() for m in _CODE.finditer(text[:100_000])):
        name, words = known.get(code, ("0x" + code[2:].upper(), None))
        out.append(ClientError(name, data["title"][language], (words or data["other"])[language], words is not None))
        if len(out) == 10:
            break
    return out
