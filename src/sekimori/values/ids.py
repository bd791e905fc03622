"""Ids: random tokens, and short ids for people to read out on the telephone."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import uuid

_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no 0/O, 1/I/L, U: read aloud without mistakes


def token() -> str:
    """Return 128 random bits as 26 lower-case base32 characters, fit for the local part of an address."""
    import base64

    return base64.b32encode(secrets.token_bytes(16)).decode().rstrip("=").lower()


def token_hash(value: str) -> str:
    """Return the SHA-256 of a token: only this is stored (ASVS 5.0 11.4: tokens of 128 bits need no salt)."""
    return hashlib.sha256(value.encode()).hexdigest()


def keyed_hash(key: bytes, value: str) -> str:
    """Return a keyed hash (HMAC-SHA-256, 32 hex digits): stands for an address in the ledger after its data are gone."""
    return hmac.new(key, value.encode(), hashlib.sha256).hexdigest()[:32]


def reference(prefix: str) -> str:
    """Return an id such as `K-7QF3-9MZA-H2WP` (about 58 random bits) that a person can read aloud; no secret."""
    draw = "".join(secrets.choice(_ALPHABET) for _ in range(12))
    return f"{prefix}-{draw[:4]}-{draw[4:8]}-{draw[8:]}"


def new_lease() -> str:
    """Return a fresh lease id (UUID 4, hex)."""
    return uuid.uuid4().hex
