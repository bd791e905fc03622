"""An answer to a reporter: only what the reporter told us, and whose network it is. No import here leads to a member.

Facts have no field for a contract, a case or a measure, so no text can ever show one (tests/notices/test_silence.py).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path

from sekimori.notices import environment

REPORTS_SHOWN = 50
ADDRESSES_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """An address that is not ours, and the abuse contact registered for it ("" where unknown)."""

    ip: str
    contact: str


@dataclass(frozen=True, slots=True)
class Item:
    """One report in a list: when it came, and the reporter's own number for it."""

    received_at: datetime
    report_id: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that an answer to a reporter may say."""

    provider: str
    ref: str
    received_at: datetime
    report_id: str
    findings: int
    missing: tuple[str, ...]
    texts: Mapping[str, str]
    addresses: tuple[Elsewhere, ...]
    reports: tuple[Item, ...]
    more: int


@cache
def missing_texts(language: str) -> Mapping[str, str]:
    """Return what to ask for, by code, in a language."""
    data = tomllib.loads((files("sekimori.notices") / "missing.toml").read_text(encoding="utf-8"))
    return {code: entry["ja" if language == "ja" else "en"] for code, entry in data.items()}


def facts(provider: str, ref: str, language: str, items: list[Item], detail: Mapping[str, object]) -> Facts:
    """Return the facts of an answer from the Answer row's detail: `findings`, `missing`, `addresses`.

    Unknown codes and malformed addresses are left out; at most 10 addresses and 50 reports are named.
    """
    texts = missing_texts(language)
    asked = detail.get("missing")
    elsewhere = detail.get("addresses")
    found = detail.get("findings")
    return Facts(
        provider=provider, ref=ref, received_at=items[0].received_at, report_id=items[0].report_id,
        findings=found if isinstance(found, int) else 0,
        missing=tuple(c for c in asked if c in texts) if isinstance(asked, list) else (),
        texts=texts,
        addresses=tuple(_elsewhere(elsewhere)) if isinstance(elsewhere, list) else (),
        reports=tuple(items[:REPORTS_SHOWN]), more=max(0, len(items) - REPORTS_SHOWN))


def _elsewhere(rows: list[object]) -> list[Elsewhere]:
    return [Elsewhere(str(r.get("ip", ""))[:45], str(r.get("contact", ""))[:254])
            for r in rows[:ADDRESSES_SHOWN] if isinstance(r, dict)]


def render(f: Facts, kind: str, language: str, *, folder: Path | None = None) -> tuple[str, str, str]:
    """Return (subject, body, version) of an answer to a reporter. Raises Refused("notices.template")."""
    return environment.render(f"reporter/{kind}", language, {n: getattr(f, n) for n in f.__slots__}, folder=folder)
