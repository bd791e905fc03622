"""The columns of a row that waits for a stage (house rule 1.1)."""

from __future__ import annotations

from typing import Any

from django.db import models

DUE, HELD, DONE, DEAD = "due", "held", "done", "dead"
LANES = 16


class Work(models.Model):
    """Abstract: a row that one stage reads and alone moves. `state` stays the domain's word."""

    work = models.CharField(max_length=4, default=DUE)
    lane = models.SmallIntegerField(default=0)
    """Hash of the reporter's domain or the feed, 0…15; 0 is for what time and persons call for (fairness, house rule 1.9)."""
    due_at = models.BigIntegerField()
    """Not before this instant: microseconds since 1970-01-01 UTC."""
    tries = models.SmallIntegerField(default=0)
    lease = models.CharField(max_length=32, null=True, default=None)
    lease_until = models.BigIntegerField(null=True, default=None)
    fault = models.TextField(default="", blank=True)

    class Meta:
        abstract = True


def work_index(name: str, **extra: Any) -> models.Index:
    """Return the partial index every work table carries: (lane, due_at, id) where work = 'due'."""
    return models.Index(fields=["lane", "due_at", "id"], condition=models.Q(work=DUE), name=name)


def lane_of(source: str) -> int:
    """Return the lane (1…15) of a reporter's domain or a feed name; 0 is kept for deadlines."""
    import zlib

    return 1 + zlib.crc32(source.encode("utf-8", "replace")) % (LANES - 1)
