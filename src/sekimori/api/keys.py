"""API keys of reporters."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from sekimori.api.models import ApiKey
from sekimori.ledger.service import write
from sekimori.values.actors import Actor
from sekimori.values.ids import token, token_hash
from sekimori.values.outcomes import Refused


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


def revoke_key(pk: int, by: Actor, now: datetime) -> ApiKey:
    """Let a key prove nothing from now on; reports that came with it stay what they are. Raises Refused where no such key is in force."""
    with transaction.atomic():
        if not ApiKey.objects.filter(pk=pk, revoked_at=None).update(revoked_at=now):
            raise Refused("unknown_key", f"no API key {pk} is in force")
        row = ApiKey.objects.get(pk=pk)
        write(by, "api.key_revoked", f"key:{pk}", {"domain": row.domain}, now)
    return row
