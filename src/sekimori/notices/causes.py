"""What probably happened and what to do about it, by category and by how the contract was found. Pure; data in causes.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

BY_MAILBOX = frozenset({"submission", "login"})
"""Ways of attribution that end at a mailbox: somebody knew its password."""


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause in one language: title, what happened, steps in order, and the checklist of My page."""

    code: str
    title: str
    what: str
    steps: tuple[str, ...]
    checks: tuple[str, ...]


@cache
def _data() -> Mapping[str, dict]:
    return tomllib.loads((files("sekimori.notices") / "causes.toml").read_text(encoding="utf-8"))


@cache
def _by_type() -> Mapping[str, str]:
    return {t: code for code, entry in _data().items() for t in entry["types"]}


def codes() -> tuple[str, ...]:
    """Return the ids of all causes."""
    return tuple(_data())


def choose(category: str, how: str, *, stolen: bool) -> str:
    """Return the cause for a `category/type`, the way of attribution, and whether the password looks stolen.

    An unknown category gives `infected_device`: its steps harm nobody.
    """
    head = category.partition("/")[0]
    if stolen or (head == "messaging" and how in BY_MAILBOX):
        return "stolen_password"
    if head == "messaging" and how == "static":
        return "open_relay"
    return _by_type().get(category) or _by_type().get(head) or "infected_device"


def cause(code: str, language: str) -> Cause:
    """Return a cause in `ja` or `en`. Raises KeyError for an unknown id (a bug of the caller)."""
    entry = _data()[code]
    shown = "ja" if language == "ja" else "en"
    return Cause(code, entry["title"][shown], entry["what"][shown], tuple(entry["steps"][shown]), tuple(entry["check"][shown]))
