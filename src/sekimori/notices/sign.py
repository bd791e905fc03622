"""The provider's DKIM signature under what goes out, where a key is set up."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sekimori.mailauth.signing import SigningKey, sign
from sekimori.settings import Settings
from sekimori.values.outcomes import Outage


def signed(raw: bytes, settings: Settings, now: datetime) -> bytes:
    """Return the message with our DKIM signature in front; unchanged where no selector or key file is set.

    Raises Outage (not permanent: an operator mends it) where the key file cannot be read or used. An unsigned notice
    would look like the phishing that it warns of.
    """
    mail = settings.mail
    if not (mail.dkim_selector and mail.dkim_key_file):
        return raw
    try:
        pem = Path(mail.dkim_key_file).read_bytes()
        return sign(raw, SigningKey(domain=settings.provider.domains[0], selector=mail.dkim_selector, pem=pem), now)
    except OSError as e:
        raise Outage(f"the DKIM key cannot be read: {e.strerror}") from e
    except ValueError as e:
        raise Outage(f"the DKIM key cannot be used: {e}") from e
