"""Reads the catalogues in `data/`: one TOML file per kind of id, `id = { ja = "…", en = "…" }`.

A third party adds nothing here: an unknown id is shown as itself, so a page never breaks over a missing word.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

LANGUAGES = ("ja", "en")


@cache
def kinds() -> tuple[str, ...]:
    """Return the names of all catalogues (`act`, `case_state`, `category`, …), sorted."""
    folder = files("sekimori.words") / "data"
    return tuple(sorted(f.name.removesuffix(".toml") for f in folder.iterdir() if f.name.endswith(".toml")))


@cache
def _catalogue(kind: str) -> dict[str, dict[str, str]]:
    if kind not in kinds():
        raise KeyError(f"no catalogue {kind!r}")
    return tomllib.loads((files("sekimori.words") / "data" / f"{kind}.toml").read_text(encoding="utf-8"))


def ids(kind: str) -> tuple[str, ...]:
    """Return all ids of a kind in the order of the file. Raises KeyError for an unknown kind (a bug of the caller)."""
    return tuple(_catalogue(kind))


def has(kind: str, code: str) -> bool:
    """Tell whether a kind has words for an id."""
    return code in _catalogue(kind)


def say(kind: str, code: str, language: str) -> str:
    """Return the words for an id in `ja` or `en`; the id itself where there are none.

    Raises KeyError for an unknown kind (a bug of the caller).
    """
    entry = _catalogue(kind).get(code)
    return code if entry is None else entry["ja" if language == "ja" else "en"]
