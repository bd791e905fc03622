"""Content-addressed bytes."""

from django.db import models


class Body(models.Model):
    """The bytes named by their SHA-256. At most 64 KiB: compressed in the row; larger: a file of the same name."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    size = models.BigIntegerField()
    codec = models.CharField(max_length=4)
    """`zstd` or `raw` (the bytes are in `data`), `file` (zstd in DATA/evidence/ab/cdef…)."""
    data = models.BinaryField(null=True)
    stored_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, db_index=True)
    sealed = models.BooleanField(default=False)
    """csam/csem: never decoded, shown or exported; hash only (policy)."""


class Hold(models.Model):
    """A body that must not expire: a case or a preservation needs it."""

    body = models.ForeignKey(Body, on_delete=models.CASCADE, related_name="holds")
    reference = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["body", "reference"], name="evidence_hold_once")]
