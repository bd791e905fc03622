"""The same act on many cases: what was shown, who confirmed it, what became of each."""

from django.db import models

from sekimori.cases.models import Case


class MassAct(models.Model):
    """One act on many cases, from its preview to its result."""

    ref = models.CharField(max_length=24, unique=True)
    act = models.CharField(max_length=16)
    """`assign snooze note settle unfounded merge warn`."""
    parameters = models.JSONField(default=dict)
    by = models.CharField(max_length=120)
    """Who saw the preview: only this officer may confirm it."""
    at = models.DateTimeField()
    state = models.CharField(max_length=10, default="shown")
    """`shown confirmed void`."""
    hash = models.CharField(max_length=64)
    """SHA-256 of everything that the preview shows: act, parameters, and each case as it stood."""
    confirmed_at = models.DateTimeField(null=True)


class MassItem(models.Model):
    """One case of a mass act."""

    mass = models.ForeignKey(MassAct, on_delete=models.CASCADE, related_name="items")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    refused = models.CharField(max_length=40, blank=True)
    """Why it is left out, or ""."""
    detail = models.JSONField(default=dict)
    """What the preview says of it: who has it now, where it is merged into, which measure is approved."""
    stood = models.CharField(max_length=64)
    """SHA-256 of the case as the officer saw it."""
    result = models.CharField(max_length=40, blank=True)
    """`done`, or why it was not done after all; "" before its turn."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mass", "case"], name="enforcement_mass_once")]
