"""API keys of reporters."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from sekimori.api.models import ApiKey
from sekimori.ledger.service import write
from sekimori.values.actors import Actor
from sekimori.values.ids import token, token_hash


def make_key(domain: str, by: Actor, now: datetime) -> str:
    """Make a key for a reporting organisation and return it; it cannot be shown again."""
    value = token() + token()
    with transaction.atomic():
        row = ApiKey.objects.create(key_hash=token_hash(value), domain=domain.lower(), created_at=now)
        write(by, "api.key_made", f"key:{row.pk}", {"domain": domain.lower()}, now)
    return value


def find_key(value: str) -> ApiKey | None:
    """Return the key's row, or None where it is unknown or revoked."""
    return ApiKey.objects.filter(key_hash=token_hash(value), revoked_at=None).first()
