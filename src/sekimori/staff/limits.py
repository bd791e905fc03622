"""Counters that slow guessing down: so many tries of a key in so many seconds, in the database, for all processes."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from sekimori.staff.models import Attempt
from sekimori.values.ids import token_hash


def allowed(key: str, now: datetime, *, most: int, seconds: int) -> bool:
    """Count one try of `key` and tell whether it is within `most` in the last `seconds`."""
    digest = token_hash(key)
    with transaction.atomic():
        Attempt.objects.filter(at__lt=now - timedelta(days=1)).delete()
        count = Attempt.objects.filter(key=digest, at__gt=now - timedelta(seconds=seconds)).count()
        Attempt.objects.create(key=digest, at=now)
    return count < most
