"""The opaque handle that stands for a contract wherever its number need not be known."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from sekimori.settings import Settings
from sekimori.values.ids import keyed_hash


@lru_cache(maxsize=4)
def _secret(path: Path) -> bytes:
    return path.read_bytes().strip()


def handle_of(settings: Settings, key: str) -> str:
    """Return the handle of a contract number: its HMAC under `DATA/keys/handles`; the number itself in a synthetic folder.

    Raises OSError where the folder has no keys.
    """
    if settings.synthetic:
        return key
    return keyed_hash(_secret(settings.data / "keys" / "handles"), key)
