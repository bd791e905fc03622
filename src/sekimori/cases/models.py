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
    """`open warned restricted suspended terminated closed merged`."""
    next_step = models.CharField(max_length=16, blank=True)
    why_not = models.JSONField(default=list)
    """The ladder's last answer, as interfaces.md states it: shown, never decided upon."""
    grade = models.CharField(max_length=1, default="D")
    opened_at = models.DateTimeField()
    first_event = models.DateTimeField(null=True)
    last_event = models.DateTimeField(null=True)
    findings_count = models.IntegerField(default=0)
    closed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=16, blank=True)
    """Why it was closed: `clean merged unfounded settled`, or ""."""
    officer = models.CharField(max_length=120, blank=True)
    snoozed_until = models.DateTimeField(null=True)
    """Hidden from the queue until then; deadlines and rights of the member run on."""

    class Meta:
        constraints = [models.UniqueConstraint(
            fields=["contract", "policy"], condition=models.Q(closed_at__isnull=True), name="cases_one_open")]


class CaseFinding(models.Model):
    """A finding in a case. A withdrawn one stays as evidence of what was decided, and counts for nothing."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="entries")
    finding = models.OneToOneField(Finding, on_delete=models.PROTECT, related_name="case_entry")
    attribution = models.ForeignKey(Attribution, on_delete=models.PROTECT)
    added_at = models.DateTimeField()
    source = models.CharField(max_length=120, blank=True)
    """The part that named the contract (`radius:bng-east/bng1`, `mape:rule 12`): what an incident freezes."""
    withdrawn_at = models.DateTimeField(null=True)
    confirmed_by = models.CharField(max_length=120, blank=True)
    """The officer who read the report and let it count (free text, unknown reporter)."""


class Event(models.Model):
    """The timeline of a case: stable act ids, shown in words by the catalogues."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField()
    act = models.CharField(max_length=40)
    actor = models.CharField(max_length=120)
    detail = models.JSONField(default=dict)


class Note(models.Model):
    """What an officer wrote beside a case. Never shown to members or reporters."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="notes")
    at = models.DateTimeField()
    officer = models.CharField(max_length=120)
    text = models.TextField()


class Deadline(Work):
    """A case must be looked at again at `due_at`; read by the stage `enforcement.decide`.

    In lane 0; a look that findings called for is in the lane of their source, and waits until those have settled (settling.py).
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="deadlines")
    kind = models.CharField(max_length=24)
    """`findings delivered decision ladder`: why."""

    class Meta:
        indexes = [work_index("cases_deadline_due")]


class Freeze(models.Model):
    """A rule, device, relay or feed that named the wrong contract: what it names goes to a person until an officer lifts the freeze."""

    source = models.CharField(max_length=120)
    """As in CaseFinding.source: a part that attribution.origins tells apart."""
    since = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    """Only events of this time are frozen, ends included; null: no bound."""
    incident = models.CharField(max_length=24)
    at = models.DateTimeField()
    by = models.CharField(max_length=120)
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(
            fields=["source"], condition=models.Q(lifted_at__isnull=True), name="cases_freeze_once")]


class IgnoreRule(models.Model):
    """What no case is opened for, until a date."""

    ref = models.CharField(max_length=24, unique=True)
    prefix = models.CharField(max_length=49, blank=True)
    reporter = models.CharField(max_length=253, blank=True)
    """Organisational domain."""
    category = models.CharField(max_length=64, blank=True)
    """`messaging` or `messaging/spam`, or "" for all."""
    reason = models.TextField()
    by = models.CharField(max_length=120)
    at = models.DateTimeField()
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    hits = models.IntegerField(default=0)
