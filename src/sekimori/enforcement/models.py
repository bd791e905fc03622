"""Measures and the decisions about them."""

from django.db import models

from sekimori.cases.models import Case
from sekimori.contracts.models import Contract
from sekimori.work.columns import Work, work_index


class Measure(Work):
    """What the provider does in a case. As a work row it is due for the stage `enforcement.act`."""

    ref = models.CharField(max_length=24, unique=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="measures")
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="measures")
    step = models.CharField(max_length=16)
    """`warn restrict_mail port_filter suspend_line terminate brake`."""
    state = models.CharField(max_length=12, default="proposed")
    """`proposed approved notified executed verified reverted expired refused void`."""
    grade = models.CharField(max_length=1)
    basis = models.CharField(max_length=40)
    scope = models.CharField(max_length=40)
    key = models.CharField(max_length=80, unique=True)
    """Idempotency key: the same step for the same evidence can exist once."""
    subject_hash = models.CharField(max_length=64)
    """Hash of subject, evidence, measure and text that approvals are bound to."""
    reason_ja = models.TextField(blank=True)
    reason_en = models.TextField(blank=True)
    proposed_by = models.CharField(max_length=120)
    proposed_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    executed_at = models.DateTimeField(null=True)
    verified_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    reverted_at = models.DateTimeField(null=True)
    rehearsal = models.BooleanField(default=True)

    class Meta:
        indexes = [work_index("enforcement_measure_due")]


class Approval(models.Model):
    """One officer's yes or no, bound to what the officer saw."""

    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="approvals")
    officer = models.CharField(max_length=120)
    verdict = models.CharField(max_length=8)
    """`approve refuse`."""
    subject_hash = models.CharField(max_length=64)
    at = models.DateTimeField()
    reason = models.TextField(blank=True)
    void = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(
            fields=["measure", "officer"], condition=models.Q(void=False), name="enforcement_approval_once")]


class Switch(models.Model):
    """Desk-wide switches: `halt`, and `live:<category>` for categories out of rehearsal."""

    name = models.CharField(max_length=80, primary_key=True)
    on = models.BooleanField()
    by = models.CharField(max_length=120)
    at = models.DateTimeField()
