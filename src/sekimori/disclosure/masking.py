"""The masked copy of an answer: what is kept on file and shown again, after the answer itself was handed over once. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

PREFECTURE = re.compile(r"(?:〒?\s*[0-9]{3}-?[0-9]{4}\s*)?(東京都|北海道|京都府|大阪府|.{2,3}県)")
OPEN = {"request", "kind", "article", "start", "end", "time", "recipients", "realm", "case", "measure", "category", "step", "state", "opened", "executed"}
"""Fields that name nobody; all others are masked."""


def masked(value: Any, name: str = "") -> Any:
    """Return a copy of an answer in which nothing can be read that names a person, a line or a mail; its form and its counts stay."""
    if isinstance(value, Mapping):
        return {str(k): masked(v, str(k)) for k, v in value.items()}
    if isinstance(value, list):
        return [masked(v, name) for v in value]
    if value is None or value == "" or name in OPEN:
        return value
    text = str(value)
    if name == "postal":
        found = PREFECTURE.match(text)
        return (found.group(1) if found else "") + "●●●"
    if name == "address":
        return text.partition(".")[0].partition(":")[0] + ".●●●"
    if "@" in text and name in ("email", "alt_email", "login", "holder"):
        return "●●●@" + text.rpartition("@")[2]
    return "●●●"
