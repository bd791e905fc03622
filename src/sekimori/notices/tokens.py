"""The token in a notice's Reply-To: derived from a key and the notice's number, so that only its hash is stored."""

from __future__ import annotations

import base64
import hashlib
import hmac

from sekimori.settings import Settings, current


def key(settings: Settings | None = None) -> bytes:
    """Return the key of reply tokens and sender hashes (DATA/keys/replies)."""
    folder = (settings or current()).data / "keys"
    return (folder / "replies").read_bytes()


def reply_token(secret: bytes, ref: str) -> str:
    """Return the 128-bit token (26 lower-case base32 characters) of a notice: same key and number, same token."""
    digest = hmac.new(secret, b"reply:" + ref.encode(), hashlib.sha256).digest()[:16]
    return base64.b32encode(digest).decode().rstrip("=").lower()
