"""Which policy files are in force: the operator's own in DATA/policy/, else the shipped ones.

A file is read again when it changed, so that a rule activated by an officer holds for every process within a batch.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sekimori.policy.load import load_ladder, load_policy, load_retention
from sekimori.policy.types import Ladder, Policy, Retention, TypePolicy
from sekimori.settings import current

SHIPPED = Path(__file__).parent
_cache: dict[str, tuple[tuple[int, int], Any]] = {}


def place(name: str) -> Path:
    """Return the path of the file in force: `jp.toml`, `retention.toml` or `ladder.toml`."""
    own = current().data / "policy" / name
    return own if own.exists() else SHIPPED / name


def _cached(name: str, load: Callable[[Path], Any]) -> Any:
    path = f"{current().data}/policy/{name}"  # text, not paths: asked several times for every finding
    try:
        stat = os.stat(path)
    except OSError:
        path = f"{SHIPPED}/{name}"
        stat = os.stat(path)
    stamp = (stat.st_mtime_ns, stat.st_size)
    known = _cache.get(path)
    if known is None or known[0] != stamp:
        known = _cache[path] = (stamp, load(Path(path)))
    return known[1]


def policy() -> Policy:
    """Return the policy in force. Raises PolicyError."""
    found: Policy = _cached("jp.toml", load_policy)
    return found


def ladder() -> Ladder:
    """Return the ladder in force. Raises PolicyError."""
    found: Ladder = _cached("ladder.toml", load_ladder)
    return found


def retention() -> Retention:
    """Return the periods in force. Raises PolicyError."""
    found: Retention = _cached("retention.toml", load_retention)
    return found


def for_type(category: str, kind: str) -> TypePolicy | None:
    """Return the policy row of `category/kind`, or None: never."""
    return policy().for_type(category, kind)
