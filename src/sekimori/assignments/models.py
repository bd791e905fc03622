"""Tables of this package: intervals, the feeds that they come from, rules, marks of loads, frozen copies.

Written and read by raw SQL (`store/`): the hot path. On PostgreSQL `schema.py` turns the intervals into a partitioned
table after migrate.
"""

from django.db import models
from django.db.models import F, Q

from sekimori.assignments.types import OPEN

DAY_US = 86_400_000_000


class Interval(models.Model):
    """Who held a key from when to when. Only open rows change; a correction is a new row (see `store`)."""

    id = models.IntegerField(primary_key=True)
    """From our own counter, never used twice: proofs name it. (`integer` is the rowid on SQLite; bigint on PostgreSQL.)"""
    realm = models.CharField(max_length=40)
    key = models.BigIntegerField()
    reach = models.SmallIntegerField()
    """Class of duration (`store.reach`): bounds how far before a window a row that touches it can begin."""
    start = models.BigIntegerField()
    ending = models.BigIntegerField()
    holder = models.TextField()
    origin = models.IntegerField()
    flags = models.SmallIntegerField()
    """1 closed, 2 inferred end."""
    start_error = models.BigIntegerField()
    end_error = models.BigIntegerField()
    last_seen = models.BigIntegerField(null=True)
    size = models.IntegerField()
    proto = models.SmallIntegerField()
    session = models.BigIntegerField()
    line = models.BigIntegerField()
    retention = models.SmallIntegerField()
    first_recorded = models.BigIntegerField()
    """When we first knew of the row; `recorded` is when we knew of its end."""
    recorded = models.BigIntegerField()
    revision = models.SmallIntegerField(default=1)
    record = models.BigIntegerField(null=True)
    superseded = models.BigIntegerField(null=True)
    """When a correction took its place."""

    class Meta:
        indexes = [
            models.Index(fields=["realm", "key", "reach", "start", "ending"], name="assignments_key"),
            models.Index(F("ending") / DAY_US, name="assignments_end_day", condition=Q(ending__lt=OPEN)),
            models.Index(fields=["session"], name="assignments_open_session", condition=Q(ending=OPEN)),
            models.Index(fields=["line"], name="assignments_open_line", condition=Q(ending=OPEN)),
        ]


class Origin(models.Model):
    """Feed, source and device of rows, named once."""

    feed = models.CharField(max_length=80)
    source = models.CharField(max_length=40)
    device = models.CharField(max_length=120)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["feed", "source", "device"], name="assignments_origin_once")]


class Shape(models.Model):
    """A size in use: which exact keys a question must ask for."""

    realm = models.CharField(max_length=40)
    family = models.SmallIntegerField()
    size = models.IntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["realm", "family", "size"], name="assignments_shape_once")]


class Counter(models.Model):
    """The last interval id given."""

    name = models.CharField(max_length=20, primary_key=True)
    value = models.BigIntegerField()


class Correction(models.Model):
    """Why a row was replaced or taken back. `row` is the new revision, or null for a retraction."""

    record = models.BigIntegerField(db_index=True)
    revision = models.SmallIntegerField()
    row = models.BigIntegerField(null=True)
    reason = models.TextField()
    recorded = models.BigIntegerField()


class Rule(models.Model):
    """A versioned rule of a computed source: MAP-E, deterministic NAT. Never changed; superseded by a newer one."""

    kind = models.CharField(max_length=16)
    realm = models.CharField(max_length=40, blank=True)
    prefix = models.CharField(max_length=49)
    """The public IPv4 prefix that it speaks of."""
    params = models.JSONField()
    valid_from = models.BigIntegerField(null=True)
    valid_to = models.BigIntegerField(null=True)
    feed = models.CharField(max_length=80)
    recorded = models.BigIntegerField()
    superseded = models.BigIntegerField(null=True)


class Feed(models.Model):
    """The health of one feed of records."""

    name = models.CharField(max_length=80, unique=True)
    source = models.CharField(max_length=40)
    realm = models.CharField(max_length=40, blank=True)
    continuous = models.BooleanField(default=True)
    """A log that falls silent is ill; a table is not."""
    records = models.BigIntegerField(default=0)
    first_record = models.BigIntegerField(null=True)
    last_record = models.BigIntegerField(null=True)
    mean_gap = models.BigIntegerField(default=0)
    """Running mean of the time between records, in microseconds."""
    interim = models.BigIntegerField(default=0)
    """Running mean of the time between two signs of life of one session, in microseconds; 0 = none seen."""
    loaded = models.BigIntegerField(null=True)


class FeedGap(models.Model):
    """A time in which a feed should have spoken and did not."""

    feed = models.CharField(max_length=80)
    lo = models.BigIntegerField()
    hi = models.BigIntegerField()
    reason = models.CharField(max_length=20, default="silence")

    class Meta:
        indexes = [models.Index(fields=["feed", "hi"], name="assignments_gap")]


class DeviceClock(models.Model):
    """How far a device's clock is from ours, learned from the two times in its records."""

    feed = models.CharField(max_length=80)
    device = models.CharField(max_length=120)
    offset = models.BigIntegerField()
    spread = models.BigIntegerField()
    samples = models.JSONField()
    """The last offsets in microseconds, oldest first."""
    suspects = models.JSONField()
    """Offsets far from the median that have come in a row, with the time of each."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["feed", "device"], name="assignments_clock_once")]


class ClockJump(models.Model):
    """A device's clock jumped by more than 30 s: boundary for all windows since, until a person confirms."""

    feed = models.CharField(max_length=80)
    device = models.CharField(max_length=120)
    at = models.BigIntegerField()
    before = models.BigIntegerField()
    after = models.BigIntegerField()
    confirmed = models.BigIntegerField(null=True)
    confirmed_by = models.CharField(max_length=120, blank=True)


class LoadMark(models.Model):
    """How far a file was read. A file is known by its content, so that rotation by name does no harm."""

    feed = models.CharField(max_length=80)
    head_length = models.IntegerField()
    head = models.CharField(max_length=64)
    tail = models.CharField(max_length=64)
    offset = models.BigIntegerField()
    path = models.TextField()
    state = models.JSONField(default=dict)
    """What the source must remember to go on in the middle (a CSV's header)."""
    updated = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["feed", "head_length", "head"], name="assignments_mark_once")]


class FrozenRow(models.Model):
    """A copy of a row that a case needs, kept until the case's own deadline."""

    case = models.CharField(max_length=80, db_index=True)
    row = models.BigIntegerField()
    body = models.TextField()
    """Canonical JSON, as hashed."""
    sha256 = models.CharField(max_length=64)
    frozen = models.BigIntegerField()
    until = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "row", "sha256"], name="assignments_frozen_once")]
