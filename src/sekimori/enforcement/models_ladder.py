"""Versions of the ladder, and what each would have done: drafts become rules only by an act of their own."""

from django.db import models

from sekimori.cases.models import Case
from sekimori.work.columns import Work, work_index


class LadderVersion(Work):
    """One text of the ladder. As a work row it is due for the stage `enforcement.rehearse` while it is being simulated."""

    ref = models.CharField(max_length=24, unique=True)
    version = models.CharField(max_length=40)
    """As the text states it; measures name it."""
    text = models.TextField()
    """TOML, exactly as it was handed in; checked before it is kept."""
    sha256 = models.CharField(max_length=64)
    """Of the text: what a simulation and an activation are bound to."""
    state = models.CharField(max_length=10, default="draft")
    """`draft simulating simulated active retired discarded`."""
    by = models.CharField(max_length=120)
    at = models.DateTimeField()
    """Who handed it in, and when it was last changed."""
    activated_by = models.CharField(max_length=120, blank=True)
    activated_at = models.DateTimeField(null=True)
    days = models.SmallIntegerField(default=0)
    """How many days of findings the simulation replays."""
    until = models.DateTimeField(null=True)
    """The instant at which the simulation was asked for: it looks at what was known then."""
    baseline = models.CharField(max_length=64, blank=True)
    """SHA-256 of the ladder in force that the simulation compares with."""
    cursor = models.BigIntegerField(default=0)
    """The last case that was replayed."""
    replayed = models.IntegerField(default=0)
    total = models.IntegerField(default=0)
    counts = models.JSONField(default=dict)
    """path → step → [measures on the ladder in force, measures on this one]."""

    class Meta:
        indexes = [work_index("enforcement_ladder_due")]


class SimulatedCase(models.Model):
    """A case that another version would have treated otherwise than the ladder in force."""

    ladder = models.ForeignKey(LadderVersion, on_delete=models.CASCADE, related_name="changed")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    before = models.JSONField(default=list)
    """`[step, ISO time, grade]` of each measure on the ladder in force."""
    after = models.JSONField(default=list)
    """The same on this version."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ladder", "case"], name="enforcement_simulated_once")]
