"""What came back: bounces of our own notices, and the answers that we owe to people who forwarded a notice."""

from django.db import models

from sekimori.intake.models import Message
from sekimori.work.columns import Work, work_index


class NoticeBounce(Work):
    """A delivery notice about one of our own notices. As a work row it is due for the stage `notices.bounced`.

    It holds no address: the notice that it names knows its own recipient.
    """

    message = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="notice_bounce")
    token = models.CharField(max_length=64, blank=True, db_index=True)
    """Hash of the token in the address that it came to: `Notice.reply_token`."""
    notice_message_id = models.CharField(max_length=250, blank=True, db_index=True)
    """Message-ID of the returned notice, without brackets."""
    notice_ref = models.CharField(max_length=24, blank=True, db_index=True)
    """Number of the notice, proved by our mark in the Original-Envelope-Id; "" without such a mark."""
    tag = models.CharField(max_length=8, default="not_used")
    """State of the tag in the address that it came to: `valid missing not_used` (others wait for a person)."""
    action = models.CharField(max_length=9)
    """`failed delayed delivered relayed expanded` (RFC 3464)."""
    status = models.CharField(max_length=12, blank=True)
    reason = models.CharField(max_length=20)
    """Sisimai's name."""
    cause = models.CharField(max_length=24)
    provenance = models.CharField(max_length=16)
    at = models.DateTimeField()

    class Meta:
        indexes = [work_index("bounces_notice_due")]


class Explained(Work):
    """An explanation that is owed by mail to whoever forwarded a notice. As a work row it is due for `bounces.answer`."""

    message = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="explained")
    ref = models.CharField(max_length=24, unique=True)
    sender = models.CharField(max_length=32, db_index=True)
    """Keyed hash of the address: counts answers to one sender without keeping it."""
    to = models.CharField(max_length=254)
    """Emptied when the answer has left."""
    language = models.CharField(max_length=2)
    subject = models.TextField()
    body = models.TextField()
    """Emptied when the answer has left."""
    in_reply_to = models.CharField(max_length=250, blank=True)
    state = models.CharField(max_length=8, default="written")
    """`written sent refused`."""
    written_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [work_index("bounces_explained_due")]
