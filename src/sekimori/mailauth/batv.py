"""Tags on the way out that come back with a bounce: BATV in the envelope sender, a mark in the envelope id. Optional, pure.

BATV (draft-levine-smtp-batv-01): `prvs=KDDDSSSSSS=local@domain`; K the number of the key, DDD the day (since 1970, modulo
1000) until which the tag holds, SSSSSS the first three octets of HMAC-SHA1 over `KDDD` and the address. The address is
marked in lower case: some servers change the case of what they return.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from sekimori.settings import Settings
from sekimori.settings.types import TAG_DAYS_MAX
from sekimori.values.clock import JST

LOCAL_MAX = 64
"""RFC 5321 §4.5.3.1.1: an address whose tagged local part would be longer stays untagged."""
_BATV = re.compile(r"prvs=([0-9])([0-9]{3})([0-9a-f]{6})=([^@\s]{1,64})@([^@\s]{1,255})", re.IGNORECASE)
_OTHERS = (
    re.compile(r"prvs=([^@\s]{1,64})=[0-9a-f]{10}@([^@\s]{1,255})", re.IGNORECASE),
    re.compile(r"btv1==[0-9a-z]{1,40}==([^@\s]{1,64})@([^@\s]{1,255})", re.IGNORECASE),
    re.compile(r"msprvs1=[0-9a-z]{1,40}=([^@\s]{1,64})@([^@\s]{1,255})", re.IGNORECASE),
)
_ENVID = re.compile(r"sk1\.([a-z2-7]{16})\.([A-Za-z0-9._-]{1,60})")


class Tag(StrEnum):
    """The state of our tag in the address that a bounce came back to."""

    VALID = "valid"
    INVALID = "invalid"
    """Shaped like a tag, but the mark is not ours."""
    EXPIRED = "expired"
    """Our mark, but its days are over."""
    MISSING = "missing"
    NOT_USED = "not_used"
    """Tagging is off, or nobody can tell."""


@dataclass(frozen=True, slots=True)
class Tagger:
    """The keys in force and the life of a tag. Without a key nothing is tagged and nothing expected."""

    keys: Mapping[int, bytes] = field(default_factory=dict, repr=False)
    """By number; the current one and, while keys are changed, the one before it."""
    number: int = 0
    days: int = 7
    since: datetime | None = None
    """From when on every mail of members leaves with a tag; None: a missing tag says nothing."""

    @classmethod
    def of(cls, settings: Settings) -> Tagger:
        """Return the tagger that the settings describe (they were checked when they were read)."""
        tags = settings.tags
        if not tags.key:
            return cls()
        keys = {tags.key_number: tags.key.encode()}
        if tags.previous_key:
            keys[(tags.key_number - 1) % 10] = tags.previous_key.encode()
        since = datetime.combine(date.fromisoformat(tags.since), time(), JST) if tags.since else None
        return cls(keys, tags.key_number, tags.days, since)

    @property
    def on(self) -> bool:
        """Whether our mail is tagged at all."""
        return bool(self.keys)

    def sign(self, address: str, now: datetime) -> str:
        """Return an envelope sender with its tag, valid for `days` from `now`.

        Unchanged come back: everything while tagging is off, what is no plain address, what bears a tag already, and what
        would grow too long.
        """
        local, at, domain = address.rpartition("@")
        if not self.on or not at or not local or untag(address) != address:
            return address
        head = f"{self.number}{(_day(now) + self.days) % 1000:03d}"
        tagged = f"prvs={head}{_mark(self.keys[self.number], head, address)}={local}@{domain}"
        return tagged if len(tagged) - len(domain) - 1 <= LOCAL_MAX and _BATV.fullmatch(tagged) else address

    def check(self, address: str, now: datetime) -> Tag:
        """Return the state of the tag in an address (angle brackets allowed) at a time. Never raises."""
        if not self.on:
            return Tag.NOT_USED
        m = _BATV.fullmatch(address.strip().strip("<>"))
        if m is None:
            return Tag.MISSING
        key = self.keys.get(int(m[1]))
        mark = _mark(key, m[1] + m[2], f"{m[4]}@{m[5]}") if key else ""
        if not hmac.compare_digest(mark, m[3].lower()):
            return Tag.INVALID
        # The longest life that can be set, not the one in force: it may have been shortened while tags were under way.
        return Tag.VALID if (int(m[2]) - _day(now)) % 1000 <= TAG_DAYS_MAX else Tag.EXPIRED

    def awaited(self, now: datetime) -> bool:
        """Whether every bounce of members' mail must bear a tag by now: tagging is older than the life of a tag."""
        return self.on and self.since is not None and now >= self.since + timedelta(days=self.days)

    def envelope_id(self, ref: str) -> str:
        """Return the ENVID (RFC 3461 §4.4) for a mail of ours with this number: a mark over it, and the number itself.

        While tagging is off it is the number alone, which proves nothing.
        """
        return f"sk1.{_envelope_mark(self.keys[self.number], ref)}.{ref}" if self.on else ref

    def envelope_ref(self, value: str) -> str:
        """Return the number in an Original-Envelope-Id that one of our keys made, else "". Never raises."""
        m = _ENVID.fullmatch(value.strip())
        return m[2] if m and any(hmac.compare_digest(_envelope_mark(k, m[2]), m[1]) for k in self.keys.values()) else ""


def untag(address: str) -> str:
    """Return the address inside a tag, ours or another sender's, whoever made it; others unchanged.

    Known forms: the draft's, `prvs=local=tag@` of older servers, Barracuda's `btv1==tag==local@`, SparkPost's
    `msprvs1=tag=local@`.
    """
    m = _BATV.fullmatch(address)
    if m:
        return f"{m[4]}@{m[5]}"
    for form in _OTHERS:
        m = form.fullmatch(address)
        if m:
            return f"{m[1]}@{m[2]}"
    return address


def is_tagged(address: str) -> bool:
    """Tell whether an address has the form of our tags, whatever its mark."""
    return _BATV.fullmatch(address) is not None


def _day(now: datetime) -> int:
    return int(now.astimezone(UTC).timestamp() // 86_400)


def _mark(key: bytes, head: str, address: str) -> str:
    # SHA-1 is what the draft prescribes; three octets only keep guessers out for the days that a tag lives.
    return hmac.new(key, f"{head}{address.lower()}".encode("utf-8", "replace"), hashlib.sha1).hexdigest()[:6]


def _envelope_mark(key: bytes, ref: str) -> str:
    return base64.b32encode(hmac.new(key, b"envid:" + ref.encode(), hashlib.sha256).digest()[:10]).decode().lower()
