"""Our own letters signed with DKIM (RFC 6376)."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import datetime

from dkim.crypto import DigestTooLargeError, RSASSA_PKCS1_v1_5_sign, UnparsableKeyError, parse_pem_private_key

from sekimori.mime import Field, read

from . import canonical

#: Fields that are signed, each once more than it stands there, so that none can be added unseen (RFC 6376 §8.15).
SIGNED = ("from", "to", "cc", "subject", "date", "message-id", "reply-to", "in-reply-to", "references", "mime-version", "content-type", "content-transfer-encoding", "auto-submitted")


@dataclass(frozen=True, slots=True)
class SigningKey:
    """An RSA key in PEM (2048 bits; PKCS#1 or PKCS#8), published at `selector._domainkey.domain`."""

    domain: str
    selector: str
    pem: bytes = field(repr=False)


def sign(raw: bytes, key: SigningKey, now: datetime) -> bytes:
    """Return the message with a DKIM-Signature field (relaxed/relaxed, rsa-sha256) in front; nothing else changes.

    Raises ValueError where the message has no From field or the key cannot be used; its text never holds the key.
    """
    mail = read(raw)
    if not mail.headers.has("from"):
        raise ValueError("cannot sign: no From field")
    try:
        private = parse_pem_private_key(key.pem)
    except (UnparsableKeyError, ValueError, IndexError, KeyError, TypeError):
        raise ValueError(f"cannot sign for {key.domain}: the key is no RSA key in PEM") from None
    names = [n for n in SIGNED for _ in range(len(mail.headers.all(n)) + 1)]
    body_hash = base64.b64encode(hashlib.sha256(canonical.body(mail.root.body, True)).digest()).decode("ascii")
    value = (f" v=1; a=rsa-sha256; c=relaxed/relaxed; d={key.domain}; s={key.selector};\r\n\tt={int(now.timestamp())}; bh={body_hash};\r\n\th={_folded(names)};\r\n\tb=").encode("ascii")
    digest = hashlib.sha256()
    for f in canonical.select(mail.headers, names):
        digest.update(canonical.header(f.name, f.raw, True) + b"\r\n")
    own = Field("DKIM-Signature", "dkim-signature", value, 0, 0)
    digest.update(canonical.header(own.name, own.raw, True))
    try:
        signature = base64.b64encode(RSASSA_PKCS1_v1_5_sign(digest, private))
    except DigestTooLargeError:
        raise ValueError(f"cannot sign for {key.domain}: the key is too short") from None
    lines = [signature[i:i + 72] for i in range(0, len(signature), 72)]
    return b"DKIM-Signature:" + value + b"\r\n\t ".join(lines) + b"\r\n" + raw


def _folded(names: list[str]) -> str:
    """Join names with colons, a line end every few."""
    rows = [":".join(names[i:i + 6]) for i in range(0, len(names), 6)]
    return ":\r\n\t ".join(rows)
