"""The token in a notice's Reply-To: derived from a key and the notice's number, so that only its hash is stored."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets

from sekimori.settings import Settings, current


def key(settings: Settings | None = None) -> bytes:
    """Return the key of reply tokens and sender hashes (DATA/keys/replies), made at first use where it is missing."""
    path = (settings or current()).data / "keys" / "replies"
    try:
        return path.read_bytes()
    except FileNotFoundError:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(f"replies.{os.getpid()}.{secrets.token_hex(4)}")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as f:
        f.write(secrets.token_urlsafe(50).encode())
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass  # another process was first: its key is the key
    finally:
        fresh.unlink()
    return path.read_bytes()


def reply_token(secret: bytes, ref: str) -> str:
    """Return the 128-bit token (26 lower-case base32 characters) of a notice: same key and number, same token."""
    digest = hmac.new(secret, b"reply:" + ref.encode(), hashlib.sha256).digest()[:16]
    return base64.b32encode(digest).decode().rstrip("=").lower()
