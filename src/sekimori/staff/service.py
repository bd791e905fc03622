"""Officers: make, sign in, one-time links, second factor."""

from __future__ import annotations

from datetime import datetime, timedelta

import pyotp
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction

from sekimori.ledger.service import write
from sekimori.staff.models import Officer, OneTimeLink
from sekimori.staff.roles import parse
from sekimori.values.actors import Actor
from sekimori.values.ids import token, token_hash
from sekimori.values.outcomes import Refused

LINK_HOURS = 24
STEP_S = 30


def make_officer(name: str, roles: str, by: Actor, now: datetime, *, display_name: str = "", language: str = "ja") -> Officer:
    """Make an officer without a password (a one-time link sets it). Raises ValueError for wrong roles, Refused for a taken name."""
    parse(roles)
    with transaction.atomic():
        if Officer.objects.filter(name=name).exists():
            raise Refused("staff.name_taken")
        officer = Officer.objects.create(name=name, roles=roles, display_name=display_name or name, language=language,
                                         created_at=now, password=make_password(None))
        write(by, "staff.made", f"officer:{officer.pk}", {"roles": roles}, now)
    return officer


def one_time_link(officer: Officer, by: Actor, now: datetime) -> str:
    """Return a fresh token (128 bits, valid 24 h, once) that signs the officer in; only its hash is kept."""
    value = token()
    with transaction.atomic():
        OneTimeLink.objects.create(token_hash=token_hash(value), officer=officer, expires_at=now + timedelta(hours=LINK_HOURS))
        write(by, "staff.link_made", f"officer:{officer.pk}", {}, now)
    return value


def redeem(value: str, now: datetime) -> Officer | None:
    """Use a one-time token; returns its officer, or None where it is unknown, used or too old. Only for POST requests."""
    digest = token_hash(value)
    with transaction.atomic():
        used = OneTimeLink.objects.filter(token_hash=digest, used_at=None, expires_at__gt=now, officer__is_active=True).update(used_at=now)
        if not used:
            return None
        officer = OneTimeLink.objects.select_related("officer").get(token_hash=digest).officer
        write(Actor("officer", str(officer.pk)), "staff.link_used", f"officer:{officer.pk}", {}, now)
    return officer


def sign_in(name: str, password: str, code: str, now: datetime, *, need_totp: bool) -> Officer | None:
    """Return the officer where name, password and second factor are right, else None (without saying which was wrong).

    The password is always hashed, so that an unknown name takes as long as a known one. A code works once (RFC 6238 §5.2).
    """
    officer = Officer.objects.filter(name=name, is_active=True).first()
    stored = officer.password if officer else make_password("x")
    right = check_password(password, stored)
    if officer is None or not right:
        return None
    if officer.totp_secret:
        return officer if use_code(officer, code, now) else None
    return None if need_totp else officer


def use_code(officer: Officer, code: str, now: datetime) -> bool:
    """Check a TOTP code within ±1 step and burn its step, atomically: the same code never works twice."""
    if not officer.totp_secret or not code.isdecimal():
        return False
    step = int(now.timestamp()) // STEP_S
    totp = pyotp.TOTP(officer.totp_secret)
    for at in (step, step - 1, step + 1):
        if totp.verify(code, for_time=at * STEP_S):
            return bool(Officer.objects.filter(pk=officer.pk, totp_last__lt=at).update(totp_last=at))
    return False


def enrol(officer: Officer, password: str, secret: str, code: str, now: datetime) -> None:
    """Set password and second factor. Raises Refused where the code does not match the secret or the password is weak."""
    from django.contrib.auth.password_validation import MinimumLengthValidator, validate_password
    from django.core.exceptions import ValidationError

    try:
        validate_password(password, password_validators=[MinimumLengthValidator(12)])
    except ValidationError:
        raise Refused("staff.password_weak", "at least 12 characters") from None
    if secret and not pyotp.TOTP(secret).verify(code, for_time=now, valid_window=1):
        raise Refused("staff.code_wrong")
    with transaction.atomic():
        officer.password = make_password(password)
        if secret:
            officer.totp_secret = secret
            officer.totp_last = int(now.timestamp()) // STEP_S
        officer.save(update_fields=["password", "totp_secret", "totp_last"])
        write(Actor("officer", str(officer.pk)), "staff.enrolled", f"officer:{officer.pk}", {"second_factor": bool(secret)}, now)
