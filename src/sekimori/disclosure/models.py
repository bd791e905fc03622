"""Requests, what was frozen for them, who agreed, what was answered."""

from django.db import models

from sekimori.contracts.models import Contract
from sekimori.work.columns import Work, work_index


class Request(Work):
    """One request. As a work row it is due for the stage `disclosure.keep` (freeze, thaw, remind)."""

    ref = models.CharField(max_length=24, unique=True)
    kind = models.CharField(max_length=24)
    contract = models.ForeignKey(Contract, null=True, on_delete=models.PROTECT, related_name="requests")
    window = models.JSONField(null=True)
    """`{"from", "to", "prefix" | "login"}`."""
    asker = models.TextField(blank=True)
    """The authority or person, as written in the request."""
    document = models.CharField(max_length=64, blank=True)
    """SHA-256 of the scanned paper, kept as evidence. A request without a paper yields nothing (R-LE-2)."""
    state = models.CharField(max_length=12, default="received")
    """`received preserved hearing approved answered refused expired`."""
    received_at = models.DateTimeField()
    received_by = models.CharField(max_length=120)
    answer_by = models.DateTimeField()
    heard_until = models.DateTimeField(null=True)
    preserved_at = models.DateTimeField(null=True)
    preserved_until = models.DateTimeField(null=True)
    frozen_rows = models.IntegerField(default=0)
    answered_at = models.DateTimeField(null=True)
    refused_why = models.TextField(blank=True)
    masked_copy = models.TextField(blank=True)
    """The answer as canonical JSON with all that names anybody masked: what stays on file."""

    class Meta:
        indexes = [work_index("disclosure_request_due")]


class Hearing(Work):
    """The member is asked about a request, once, and answers once. As a work row it is due for the stage `notices.hearings`, which writes the Notice."""

    request = models.OneToOneField(Request, on_delete=models.CASCADE, related_name="hearing")
    about = models.TextField()
    """Which posts or transmissions the request is about, as the officer states it to the member."""
    asker = models.TextField(blank=True)
    """Who asks, where the request allows the member to be told; "" = withheld."""
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=120)
    until = models.DateTimeField()
    answer = models.CharField(max_length=8, blank=True)
    """`agree object`, or "" while there is none."""
    reasons = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [work_index("disclosure_hearing_due")]


class Frozen(models.Model):
    """A copy of one log row, kept for one request only; the log itself expires as ever."""

    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="frozen")
    source = models.CharField(max_length=12)
    """`assignment` or `submission`."""
    row = models.TextField()
    """The row as canonical JSON."""
    sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "sha256"], name="disclosure_frozen_once")]


class Consent(models.Model):
    """One officer's agreement to an answer; two different ones are needed."""

    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="consents")
    officer = models.CharField(max_length=120)
    scope_hash = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "officer"], name="disclosure_consent_once")]
