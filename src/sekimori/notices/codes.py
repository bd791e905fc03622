"""One-time codes for My page: asked for by anybody, sent only to the contract's own channels, never told apart by the page."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from sekimori.contracts.models import Contract, Key
from sekimori.ledger.service import write as ledger_write
from sekimori.notices import mailboxes, tokens
from sekimori.notices.models import SignIn
from sekimori.values.actors import Actor
from sekimori.values.clock import micros
from sekimori.values.ids import keyed_hash
from sekimori.values.text import storable
from sekimori.work.columns import DONE, lane_of

VALID = timedelta(minutes=10)
CALLER_VALID = timedelta(minutes=30)
PER_HOUR = 5
"""Codes to one contract: a stranger who types somebody's number can annoy, not flood."""
GUESSES = 5
"""Wrong codes per code: 25 guesses an hour at 100 million codes."""
DIGITS = 8


MAILBOX = "mailbox:"
"""Before a login in SignIn.number: what was typed as a mailbox never passes for a contract number, nor the other way round."""


def asked(typed: str, mailbox: bool) -> str:
    """Return how SignIn keeps what was typed as a mailbox, or as a contract number."""
    text = storable(typed.strip(), 80)
    return f"{MAILBOX}{text}"[:80] if mailbox else f"?{text}"[:80] if text.startswith(MAILBOX) else text


def ask(number: str, now: datetime, *, mailbox: bool = False) -> None:
    """Store that somebody typed a contract number (or a mailbox); the stage `notices.codes` decides in its own time."""
    typed = asked(number, mailbox)
    SignIn.objects.create(number=typed, asked_at=now, lane=lane_of(typed), due_at=micros(now))


def new_code() -> str:
    """Return eight random digits."""
    return f"{secrets.randbelow(10 ** DIGITS):0{DIGITS}d}"


def code_hash(secret: bytes, number: str, code: str) -> str:
    """Return the keyed hash under which a code is stored."""
    return keyed_hash(secret, f"code:{number}:{code}")


def digits(text: str) -> str:
    """Return the digits of what a person typed: spaces and hyphens do not matter, full-width digits count."""
    return "".join(str(int(c)) for c in text[:40] if c.isdecimal())


def check(number: str, typed: str, now: datetime) -> Contract | None:
    """Return the contract whose code was typed, once; None for a wrong, used or stale one. Counts failures.

    Takes the same steps for numbers that exist and numbers that do not.
    """
    with transaction.atomic():
        row = _taken(asked(number, mailbox=False), typed, now)
        if row is None or row.contract is None:
            return None
        ledger_write(Actor("member", row.contract.handle), "member.signed_in", f"member:{row.contract.handle}", {"channel": row.channel}, now)
        return row.contract


def check_mailbox(login: str, typed: str, now: datetime) -> Key | None:
    """Return the login whose user's code was typed, once; None as in `check`.

    A code that went to the mailbox itself is worth nothing once the mailbox has come into question.
    """
    with transaction.atomic():
        row = _taken(asked(login, mailbox=True), typed, now)
        key = mailboxes.find(login, now) if row is not None else None
        if row is None or key is None or key.contract_id != row.contract_id or (row.channel == "mail" and mailboxes.in_question(key)):
            return None
        ledger_write(mailboxes.actor(key), "mailbox.signed_in", f"member:{key.contract.handle}", {"channel": row.channel}, now)
        return key


def _taken(number: str, typed: str, now: datetime) -> SignIn | None:
    """Use up the live row whose code was typed; else count a failure against all rows of the number."""
    hashed = code_hash(tokens.key(), number, digits(typed))
    rows = list(SignIn.objects.filter(number=number, used_at__isnull=True, failures__lt=GUESSES, asked_at__gt=now - timedelta(hours=1))
                .select_related("contract").order_by("-id")[:PER_HOUR])
    for row in rows:
        live = row.expires_at is not None and row.expires_at > now and row.contract is not None
        if hmac.compare_digest(row.code or "-", hashed) and live:
            return row if SignIn.objects.filter(pk=row.pk, used_at__isnull=True).update(used_at=now) else None
    SignIn.objects.filter(pk__in=[r.pk for r in rows]).update(failures=F("failures") + 1)
    return None


def for_caller(contract: Contract, officer: Actor, now: datetime, *, mailbox: Key | None = None) -> str:
    """Return a code that an officer reads out to a caller whose identity was checked; valid for 30 minutes.

    For the holder of a contract, or for the user of one of its mailboxes.
    """
    number = contract.key if mailbox is None else asked(mailbox.key, mailbox=True)
    code = new_code()
    with transaction.atomic():
        SignIn.objects.create(number=number, asked_at=now, contract=contract, code=code_hash(tokens.key(), number, code), channel="manual",
                              expires_at=now + CALLER_VALID, work=DONE, due_at=micros(now))
        ledger_write(officer, "member.code_given", f"member:{contract.handle}", {} if mailbox is None else {"mailbox": mailbox.pk}, now)
    return code


def in_question(contract: Contract) -> frozenset[str]:
    """Return the mailboxes of a contract that are no way in now: a thief may read them."""
    return mailboxes.braked(contract) | mailboxes.suspected(contract)
