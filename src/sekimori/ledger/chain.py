"""How entries are hashed: pure, and the same in the offline verifier.

hash = SHA-256(prev ‖ LF ‖ body), both as UTF-8 text; the first `prev` is 64 zeros. The body is canonical JSON (sorted
keys, no spaces, no ASCII escapes) of seq, at, actor, act, subject and detail.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

GENESIS = "0" * 64


def canonical(value: Mapping[str, Any]) -> str:
    """Return canonical JSON text. Raises ValueError for NaN and infinities, TypeError for what JSON has no word for."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def link(prev: str, body: str) -> str:
    """Return the hash of an entry with this body after `prev` (both hex and text as stored)."""
    return hashlib.sha256(f"{prev}\n{body}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Break:
    """Where a chain does not hold: the first wrong sequence number and what is wrong with it."""

    seq: int
    why: str


def check(entries: Iterable[tuple[int, str, str, str]], prev: str = GENESIS, expect: int = 1) -> Break | tuple[int, str]:
    """Check (seq, prev, hash, body) rows in order.

    Returns the first Break, or (number of entries, last hash). A removed or repeated row shows as a gap in seq, a changed
    or reordered one as a hash that does not follow. A cut-off tail shows only against an anchor (`ledger anchor`).
    """
    count = 0
    for seq, stored_prev, stored_hash, body in entries:
        if seq != expect:
            return Break(expect, f"entry {expect} is missing" if seq > expect else f"entry {seq} stands twice")
        if stored_prev != prev:
            return Break(seq, "does not follow the entry before it")
        if link(stored_prev, body) != stored_hash:
            return Break(seq, "its text was changed")
        try:
            if json.loads(body).get("seq") != seq:
                return Break(seq, "its number was changed")
        except (ValueError, AttributeError):
            return Break(seq, "its text is no JSON")
        prev, expect, count = stored_hash, seq + 1, count + 1
    return count, prev
