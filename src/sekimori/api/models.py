"""Keys of reporters, and which request became which message."""

from django.db import models

from sekimori.intake.models import Message


class ApiKey(models.Model):
    """A reporter's key; only its hash is kept. `domain` is the organisation that it stands for."""

    key_hash = models.CharField(max_length=64, unique=True)
    domain = models.CharField(max_length=253)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)


class Accepted(models.Model):
    """One accepted report: its public id, and the idempotency key under which it came."""

    ref = models.CharField(max_length=24, unique=True)
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="+")
    scope = models.CharField(max_length=80)
    """Whose idempotency keys these are: a key's id, or the peer's address as a hash."""
    idempotency = models.CharField(max_length=64, null=True)
    body_hash = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "idempotency"], name="api_accepted_once")]
