"""The high-water mark of the clock."""

from django.db import models


class ClockMark(models.Model):
    """One row (id 1): the latest instant the desk has worked at, and why it doubts its clock, if it does."""

    high = models.BigIntegerField()
    """Microseconds since 1970-01-01 UTC."""
    doubt = models.CharField(max_length=40, blank=True)
    """"" or `clock.back` or `clock.ahead`."""
    since = models.BigIntegerField(null=True)
