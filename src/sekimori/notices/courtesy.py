"""Whether a reporter may get an automatic answer now: RFC 3834, one a day, none to strangers. Rules are pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import connection

from sekimori.notices.models import Courtesy
from sekimori.smtp import guard
from sekimori.values.clock import JST
from sekimori.values.ids import keyed_hash

PER_HOUR = 3600
"""Breaker over all reporters: two desks that answer each other, or a flood, end here."""


@dataclass(frozen=True, slots=True)
class Asker:
    """What the envelope and the report say about who would be answered."""

    to: str
    authenticity: str
    auto: str
    mail_from: str
    door: str
    domain: str
    """Organisational domain of the authenticated reporter."""


def refusal(asker: Asker, own_domains: tuple[str, ...], own_localparts: tuple[str, ...]) -> str:
    """Return why no automatic answer may go out, or "".

    Codes: `unauthenticated null_sender automatic unsafe own foreign_reply_to`. An answer goes only to the domain that
    was authenticated: a forged From or a foreign Reply-To would turn the desk into a reflector (RFC 3834 §3, §4).
    """
    if asker.authenticity != "pass":
        return "unauthenticated"
    if asker.auto:
        return "automatic"
    if not asker.mail_from and asker.door in ("lmtp", "smtp", "imap", "file"):
        return "null_sender"
    if not guard.is_address(asker.to):
        return "unsafe"
    local, _, domain = asker.to.lower().rpartition("@")
    if domain in own_domains and local.partition("+")[0] in own_localparts:
        return "own"
    if asker.domain and domain != asker.domain and not domain.endswith("." + asker.domain):
        return "foreign_reply_to"
    return ""


def sender_key(secret: bytes, to: str) -> str:
    """Return the keyed hash under which a sender's daily answer is remembered."""
    return keyed_hash(secret, "courtesy:" + to.lower())


def today(now: datetime) -> date:
    """Return the calendar day in JST."""
    return now.astimezone(JST).date()


def tomorrow(now: datetime) -> datetime:
    """Return five past midnight JST of the next day: when a postponed answer is tried again."""
    return datetime.combine(today(now) + timedelta(days=1), time(0, 5), JST)


def take(sender: str, day: date) -> bool:
    """Claim the day's one answer to a sender inside the caller's transaction; False where it was given already."""
    table = Courtesy._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (sender, day) VALUES (%s, %s) ON CONFLICT (sender, day) DO NOTHING",  # noqa: S608 - our own table's name
            [sender, day])
        return bool(cursor.rowcount == 1)
