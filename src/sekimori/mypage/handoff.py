"""A one-time hand-off from the provider's portal or webmail: a JSON Web Token (RFC 7519, HS256) that names the mailbox.

The portal says how it knew its user (`amr`, RFC 8176). A password alone is enough only for a mailbox that is not in question.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from sekimori.contracts.models import Key
from sekimori.ledger.service import write
from sekimori.notices import mailboxes
from sekimori.settings import Settings
from sekimori.staff.limits import allowed
from sekimori.values.outcomes import Refused

LONGEST = timedelta(minutes=2)
"""Between `iat` and `exp`: as long as one click takes."""
SKEW = timedelta(seconds=30)
SECOND = frozenset({"mfa", "otp", "hwk", "swk", "sms", "tel"})
"""Methods that a stolen password does not give away (RFC 8176 §2)."""
KEY_LEAST = 32
"""Octets: the key of HS256 is at least as long as its hash (RFC 7518 §3.2)."""
TOKEN_MOST = 4096


def portal_key(settings: Settings) -> bytes | None:
    """Return the key shared with the portal (DATA/keys/portal), or None where there is none or it is too short: no hand-off then."""
    try:
        key = (settings.data / "keys" / "portal").read_bytes().strip()
    except OSError:
        return None
    return key if len(key) >= KEY_LEAST else None


def claims(token: str, key: bytes) -> dict[str, Any]:
    """Return the claims of a token that the key signed. Raises Refused: `handoff_invalid`. Pure."""
    head, _, rest = token.partition(".")
    body, _, signature = rest.partition(".")
    if len(token) > TOKEN_MOST or not token.isascii():
        raise Refused("handoff_invalid", "no token")
    expected = hmac.new(key, f"{head}.{body}".encode(), "sha256").digest()
    if not hmac.compare_digest(_octets(signature), expected) or _object(head).get("alg") != "HS256":
        raise Refused("handoff_invalid", "not signed by the portal")
    return _object(body)


def accept(token: str, settings: Settings, now: datetime) -> Key:
    """Return the login whose user the portal hands over, once for each token, with a ledger entry.

    Raises Refused: `handoff_invalid` (also where hand-off is off), `handoff_expired`, `handoff_used`, `mailbox_unknown`,
    `mailbox_in_question` (the portal knew its user by the password only).
    """
    key = portal_key(settings)
    if key is None:
        raise Refused("handoff_invalid", "hand-off is not set up")
    said = claims(token, key)
    issued, expires = _instant(said.get("iat")), _instant(said.get("exp"))
    login, jti, methods = said.get("sub"), said.get("jti"), said.get("amr")
    known = isinstance(login, str) and isinstance(jti, str) and len(jti) >= 16 and isinstance(methods, list)
    if not known or issued is None or expires is None or said.get("aud") != settings.provider.site_url:
        raise Refused("handoff_invalid", "sub, aud, iat, exp, jti and amr are needed")
    if not issued - SKEW <= now < expires or expires - issued > LONGEST:
        raise Refused("handoff_expired", "a hand-off lasts two minutes at most")
    if not allowed(f"handoff:{jti}", now, most=1, seconds=3600):
        raise Refused("handoff_used", "a hand-off works once")
    found = mailboxes.find(str(login), now)
    if found is None:
        raise Refused("mailbox_unknown", "no login of ours")
    strong = SECOND & {m for m in methods or () if isinstance(m, str)}
    if not strong and mailboxes.in_question(found):
        raise Refused("mailbox_in_question", "a password that may be stolen is no proof")
    with transaction.atomic():
        write(mailboxes.actor(found), "mailbox.signed_in", f"member:{found.contract.handle}", {"channel": "portal", "second": bool(strong)}, now)
    return found


def _octets(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return b""


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(_octets(text))
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Refused("handoff_invalid", "not JSON")
    return found


def _instant(value: object) -> datetime | None:
    from sekimori.values.clock import from_micros

    whole = isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10**10
    return from_micros(value * 1_000_000) if whole and isinstance(value, int) else None
