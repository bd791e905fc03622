"""One-time codes for My page: asked for by anybody, sent only to the contract's own channels, never told apart by the page."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from sekimori.contracts.models import Contract
from sekimori.enforcement.models import Measure
from sekimori.ledger.service import write as ledger_write
from sekimori.notices import tokens
from sekimori.notices.card import of_case
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


def ask(number: str, now: datetime) -> None:
    """Store that somebody typed a contract number; the stage `notices.codes` decides in its own time."""
    typed = storable(number.strip(), 80)
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
    number = storable(number.strip(), 80)
    hashed = code_hash(tokens.key(), number, digits(typed))
    with transaction.atomic():
        rows = list(SignIn.objects.filter(number=number, used_at__isnull=True, failures__lt=GUESSES, asked_at__gt=now - timedelta(hours=1))
                    .select_related("contract").order_by("-id")[:PER_HOUR])
        for row in rows:
            live = row.expires_at is not None and row.expires_at > now and row.contract is not None
            if hmac.compare_digest(row.code or "-", hashed) and live:
                if not SignIn.objects.filter(pk=row.pk, used_at__isnull=True).update(used_at=now):
                    return None
                contract = row.contract
                assert contract is not None
                ledger_write(Actor("member", contract.handle), "member.signed_in", f"member:{contract.handle}", {"channel": row.channel}, now)
                return contract
        SignIn.objects.filter(pk__in=[r.pk for r in rows]).update(failures=F("failures") + 1)
    return None


def for_caller(contract: Contract, officer: Actor, now: datetime) -> str:
    """Return a code that an officer reads out to a caller whose identity was checked; valid for 30 minutes."""
    code = new_code()
    with transaction.atomic():
        SignIn.objects.create(number=contract.key, asked_at=now, contract=contract, code=code_hash(tokens.key(), contract.key, code), channel="manual",
                              expires_at=now + CALLER_VALID, work=DONE, due_at=micros(now))
        ledger_write(officer, "member.code_given", f"member:{contract.handle}", {}, now)
    return code


def in_question(contract: Contract) -> frozenset[str]:
    """Return the mailboxes of a contract that are no way in now: a thief may read them."""
    found: set[str] = set(Measure.objects.filter(contract=contract, path__in=("stolen", "brake"), rehearsal=False, reverted_at__isnull=True)
                          .exclude(target="").values_list("target", flat=True))
    for case in contract.cases.filter(closed_at__isnull=True):
        card = of_case(case)
        if card.cause == "stolen_password":
            found.update(card.mailboxes)
    return frozenset(m.lower() for m in found)
