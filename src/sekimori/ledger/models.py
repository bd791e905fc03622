"""The append-only chain. Rows are never changed: triggers refuse it on both engines."""

from django.db import models


class Entry(models.Model):
    """One act. `body` is canonical JSON, stored exactly as it was hashed (TEXT, never jsonb)."""

    seq = models.BigAutoField(primary_key=True)
    at = models.CharField(max_length=32)
    actor = models.CharField(max_length=120)
    act = models.CharField(max_length=80)
    subject = models.CharField(max_length=200, db_index=True)
    body = models.TextField()
    prev = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)
