"""Messages as they came in."""

from django.db import models

from sekimori.work.columns import Work, work_index


class Message(Work):
    """One arrival: the octets (by hash) and the envelope. The same octets with the same envelope are one row."""

    sha256 = models.CharField(max_length=64, db_index=True)
    envelope = models.CharField(max_length=64)
    """SHA-256 over door class, sender and recipients: with `sha256` the key under which duplicates merge."""
    door = models.CharField(max_length=12)
    """`lmtp smtp imap file http form`."""
    received_at = models.DateTimeField(db_index=True)
    mail_from = models.TextField(blank=True)
    rcpt_to = models.JSONField(default=list)
    peer = models.CharField(max_length=64, blank=True)
    size = models.IntegerField()
    route = models.CharField(max_length=8)
    """Which stage reads it: `report reply bounce explain loop` (intake.routes)."""
    auto = models.CharField(max_length=40, blank=True)
    """Why no automatic answer may be sent (RFC 3834): `null_sender auto_submitted list own …`, or ""."""
    token = models.CharField(max_length=64, blank=True)
    """Hash of the +TOKEN of the recipient, for replies."""
    state = models.CharField(max_length=16, default="received")
    """`received read review not_abuse reply loop …` as the reading stage decided."""
    copies = models.IntegerField(default=1)
    authenticated = models.BooleanField(default=False)
    """Set by doors that authenticate the sender themselves (API key, scenario), never by mail headers."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sha256", "envelope"], name="intake_message_once")]
        indexes = [work_index("intake_message_due")]
