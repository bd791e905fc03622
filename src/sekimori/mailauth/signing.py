"""Our own letters signed with DKIM (RFC 6376)."""

from __future__ import annotations

from dataclasses import dataclass

import dkim

#: Fields that are signed, each once more than it stands there, so that none can be added unseen.
_SIGNED = (b"from", b"to", b"cc", b"subject", b"date", b"message-id", b"reply-to", b"in-reply-to", b"references", b"mime-version", b"content-type", b"content-transfer-encoding", b"auto-submitted")


@dataclass(frozen=True, slots=True)
class SigningKey:
    """An RSA key in PEM (2048 bits; PKCS#1 or PKCS#8), published at `selector._domainkey.domain`."""

    domain: str
    selector: str
    pem: bytes

    def __repr__(self) -> str:
        return f"SigningKey({self.domain!r}, {self.selector!r})"


def sign(raw: bytes, key: SigningKey) -> bytes:
    """Return the message with a DKIM-Signature field (relaxed/relaxed, rsa-sha256) in front; nothing else changes.

    Raises ValueError where the message has no From field or the key cannot be used; its text never holds the key.
    """
    try:
        signer = dkim.DKIM(raw, signature_algorithm=b"rsa-sha256")
        present = [name.lower() for name, _ in signer.headers]
        names = [n for n in _SIGNED for _ in range(present.count(n) + 1)]
        field: bytes = signer.sign(key.selector.encode("ascii"), key.domain.encode("ascii"), key.pem, canonicalize=(b"relaxed", b"relaxed"), include_headers=names)
    except (dkim.DKIMException, UnicodeError, ValueError) as e:
        raise ValueError(f"cannot sign for {key.domain}: {type(e).__name__}") from None
    return field + raw
