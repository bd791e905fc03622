"""Tags on the way out that come back with a bounce: BATV in the envelope sender, ENVID for the envelope id. Optional, pure.

BATV (draft-levine-smtp-batv-01): `prvs=KDDDSSSSSS=local@domain`; K the number of the key, DDD the day (since 1970, modulo
1000) until which the tag holds, SSSSSS the first three octets of HMAC-SHA1 over `KDDD` and the address.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import UTC, datetime

from .model import Tag

DAYS = 7
_BATV = re.compile(r"^prvs=([0-9])([0-9]{3})([0-9a-f]{6})=(.{1,64})@(.{1,255})$", re.IGNORECASE)
_ENVID = re.compile(r"^sk1\.([a-z2-7]{16})\.([A-Za-z0-9._-]{1,60})$")


def _day(now: datetime) -> int:
    return int(now.astimezone(UTC).timestamp() // 86_400)


def _mark(key: bytes, head: str, local: str, domain: str) -> str:
    # SHA-1 is what the draft prescribes; three octets only keep guessers out for the days that a tag lives.
    return hmac.new(key, f"{head}{local}@{domain.lower()}".encode(), hashlib.sha1).hexdigest()[:6]


def tag_sender(address: str, key: bytes, now: datetime, *, number: int = 0, days: int = DAYS) -> str:
    """Return an envelope sender with its tag, valid for `days` days from `now`. Raises ValueError for no address."""
    local, at, domain = address.rpartition("@")
    if not at or not local:
        raise ValueError("not an address")
    head = f"{number % 10}{(_day(now) + days) % 1000:03d}"
    return f"prvs={head}{_mark(key, head, local, domain)}={local}@{domain}"


def untag(address: str) -> str:
    """Return the address inside a BATV tag (also the variants `prvs=local=tag@` and Barracuda's `btv1==tag==local@`)."""
    m = _BATV.match(address)
    if m:
        return f"{m.group(4)}@{m.group(5)}"
    m = re.match(r"^prvs=(.{1,64})=[0-9a-f]{10}@(.{1,255})$", address, re.IGNORECASE)
    if m:
        return f"{m.group(1)}@{m.group(2)}"
    m = re.match(r"^(?:btv1==[0-9a-z]{1,40}==|msprvs1=[0-9A-Za-z]{1,40}=)(.{1,64})@(.{1,255})$", address, re.IGNORECASE)
    return f"{m.group(1)}@{m.group(2)}" if m else address


def check_tag(recipient: str, keys: Mapping[int, bytes], now: datetime) -> Tag:
    """Return the state of the tag in the address that a bounce came to; `keys` by number, empty where tagging is off."""
    if not keys:
        return Tag.NOT_USED
    m = _BATV.match(recipient.strip().strip("<>"))
    if m is None:
        return Tag.MISSING
    key = keys.get(int(m.group(1)))
    head = m.group(1) + m.group(2)
    if key is None or not hmac.compare_digest(_mark(key, head, m.group(4), m.group(5)), m.group(3).lower()):
        return Tag.INVALID
    left = (int(m.group(2)) - _day(now)) % 1000
    return Tag.VALID if left <= 2 * DAYS else Tag.INVALID


def envelope_id(queue_id: str, key: bytes) -> str:
    """Return an ENVID (RFC 3461 section 4.4) for one of our mails: a mark over its queue id, and the queue id."""
    mark = base64.b32encode(hmac.new(key, queue_id.encode(), hashlib.sha256).digest()[:10]).decode().lower()
    return f"sk1.{mark}.{queue_id}"


def envelope_id_ours(value: str, key: bytes) -> bool:
    """Whether an Original-Envelope-Id is one that we gave."""
    m = _ENVID.match(value.strip())
    return m is not None and hmac.compare_digest(envelope_id(m.group(2), key), value.strip())
