"""The proof, in a mail of ours, that its words are ours: so that only our own mail come back is put aside unread.

A phisher can write our address into From and X-Loop; reports of his mail must not vanish as "our own". The proof is a
keyed hash over the text itself, carried in X-Loop (`desk+PROOF@isp.example`): copied onto other words it is wrong.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

from sekimori.settings import Settings


def key_of(settings: Settings) -> bytes:
    """Return the key (DATA/keys/replies), or b"" where there is none: then nothing is proven."""
    try:
        return (settings.data / "keys" / "replies").read_bytes()
    except OSError:
        return b""


def make(key: bytes, text: str) -> str:
    """Return the proof of a text: 26 base32 characters (128 bits). White space does not count: mail servers re-wrap."""
    digest = hashlib.sha256("".join(text.split()).encode("utf-8", "replace")).digest()
    return base64.b32encode(hmac.new(key, b"loop:" + digest, hashlib.sha256).digest()[:16]).decode().rstrip("=").lower()


def holds(key: bytes, text: str, claimed: str) -> bool:
    """Tell whether `claimed` is the proof of this text."""
    return bool(key) and hmac.compare_digest(make(key, text).encode(), claimed.encode("utf-8", "replace"))
