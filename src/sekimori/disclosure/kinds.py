"""The kinds of requests and what each may yield: data, checked when it is read. Pure.

Sources: 電気通信事業における個人情報等の保護に関するガイドライン; R-LE-1…4 of the law review: a warrant is obeyed, danger to life
yields the necessary minimum, an investigative inquiry never yields data under the secrecy of communications, and an
oral request yields nothing.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from sekimori.values.basis import Basis

YIELDS = {"holder", "connection", "submission", "own"}


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of request. Days are calendar days; `due_days` 0 = at once."""

    name: str
    article: str
    article_en: str
    basis: Basis
    yields: frozenset[str]
    secrecy: bool
    hearing_days: int
    told: bool
    due_days: int
    preserve_days: int = 0
    preserve_most: int = 0


@cache
def kinds() -> dict[str, Kind]:
    """Return all kinds by name. Raises ValueError where the data contradict themselves (a start-up error)."""
    raw = tomllib.loads((files("sekimori.disclosure") / "kinds.toml").read_text(encoding="utf-8"))
    out = {}
    for name, row in raw.items():
        kind = Kind(name=name, **{**row, "basis": Basis(row["basis"]), "yields": frozenset(row["yields"])})
        if kind.yields - YIELDS:
            raise ValueError(f"{name}: unknown yield {min(kind.yields - YIELDS)}")
        if not kind.secrecy and kind.yields & {"connection", "submission"}:
            raise ValueError(f"{name}: connection and submission data are under the secrecy of communications")
        if kind.preserve_days > kind.preserve_most:
            raise ValueError(f"{name}: preserve_days is above preserve_most")
        out[name] = kind
    return out
