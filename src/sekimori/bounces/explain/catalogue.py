"""The texts: loaded once, looked up by cause, provider, action and language. No entry may be missing (tested)."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, Literal

Language = Literal["ja", "en"]
LANGUAGES: tuple[Language, ...] = ("ja", "en")
WHO = ("you", "recipient", "us", "nobody")
FIELDS = ("title", "why", "who", "steps", "retry", "tell", "call")


@cache
def load(name: str) -> dict[str, Any]:
    """Return one data file of this package (`ja.toml` …)."""
    return tomllib.loads(files(__package__).joinpath("data", name).read_text(encoding="utf-8"))


def texts(language: Language) -> dict[str, Any]:
    """Return the catalogue of a language."""
    return load(f"{language}.toml")


def cause_of(reason: str, rule: str = "") -> str:
    """Return the cause told to people for a reason inside (and the rule that found it)."""
    table = load("causes.toml")
    by_rule = table["rule"].get(rule)
    return str(by_rule or table["cause"].get(reason, "unknown"))


def entry(cause: str, provider: str, language: Language) -> dict[str, Any]:
    """Return the text of a cause with what differs at a provider put over it."""
    catalogue = texts(language)
    base: dict[str, Any] = dict(catalogue["cause"].get(cause, catalogue["cause"]["unknown"]))
    base.update(catalogue.get("at", {}).get(provider, {}).get(cause, {}))
    return base
