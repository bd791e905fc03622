"""Cases: the findings of one contract under one policy, with state and deadlines."""

from django.db import models

from sekimori.attribution.models import Attribution
from sekimori.contracts.models import Contract
from sekimori.reports.models import Finding
from sekimori.work.columns import Work, work_index


class Case(models.Model):
    """One contract and one policy (category class). At most one case of a pair is not closed."""

    ref = models.CharField(max_length=24, unique=True)
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="cases")
    policy = models.CharField(max_length=24)
    """The class that the ladder works on: `messaging`, `connection`, …"""
    category = models.CharField(max_length=64)
    """`category/type` of the first finding."""
    state = models.CharField(max_length=16, default="open")
    next_step = models.CharField(max_length=16, blank=True)
    opened_at = models.DateTimeField()
    first_event = models.DateTimeField(null=True)
    last_event = models.DateTimeField(null=True)
    findings_count = models.IntegerField(default=0)
    closed_at = models.DateTimeField(null=True)
    officer = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(
            fields=["contract", "policy"], condition=models.Q(closed_at__isnull=True), name="cases_one_open")]


class CaseFinding(models.Model):
    """A finding in a case."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="entries")
    finding = models.OneToOneField(Finding, on_delete=models.PROTECT, related_name="case_entry")
    attribution = models.ForeignKey(Attribution, on_delete=models.PROTECT)
    added_at = models.DateTimeField()


class Event(models.Model):
    """The timeline of a case: stable act ids, shown in words by the catalogues."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField()
    act = models.CharField(max_length=40)
    actor = models.CharField(max_length=120)
    detail = models.JSONField(default=dict)


class Deadline(Work):
    """A case must be looked at again at `due_at`; read by the stage `enforcement.decide`."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="deadlines")
    kind = models.CharField(max_length=24)
    """`findings delivered grace window ends hearing reset …`: why."""

    class Meta:
        indexes = [work_index("cases_deadline_due")]
