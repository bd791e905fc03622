"""What reporters say: reports, findings, who they are, and what a person must look at."""

from django.db import models

from sekimori.intake.models import Message
from sekimori.work.columns import Work, work_index


class Reporter(models.Model):
    """A reporter, grouped by organisational domain, or a feed by its own key."""

    domain = models.CharField(max_length=253, unique=True)
    first_seen = models.DateTimeField()
    feed = models.CharField(max_length=40, blank=True)
    consent_forward = models.BooleanField(default=False)
    """Standing consent that reports are passed on, redacted, to a downstream operator."""
    board_site = models.CharField(max_length=120, blank=True)
    """The board or blog whose administrator an officer has verified: their reports have a lane of their own."""


class Track(models.Model):
    """Track record of a reporter per class of finding (`messaging`, `connection`, … or `*` for all)."""

    reporter = models.ForeignKey(Reporter, on_delete=models.CASCADE, related_name="tracks")
    category = models.CharField(max_length=24)
    confirmed = models.IntegerField(default=0)
    refuted = models.IntegerField(default=0)
    duplicates = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["reporter", "category"], name="reports_track_once")]


class Feed(models.Model):
    """What is known of a fetched feed between two looks; the feed itself is set up in DATA/feeds.toml."""

    name = models.CharField(max_length=40, unique=True)
    since = models.DateTimeField()
    next_at = models.DateTimeField()
    tried_at = models.DateTimeField(null=True)
    etag = models.CharField(max_length=200, blank=True)
    modified = models.CharField(max_length=100, blank=True)
    seen = models.JSONField(default=list)
    """Ids of the items that it brought lately."""
    fault = models.CharField(max_length=200, blank=True)
    faults = models.IntegerField(default=0)


class SenderRule(models.Model):
    """What an officer's correction taught about a proven sender's free text: the value behind `label` is the `field`."""

    domain = models.CharField(max_length=253, db_index=True)
    field = models.CharField(max_length=12)
    """`source_ip` or `time`."""
    label = models.CharField(max_length=40)
    active = models.BooleanField(default=True)
    learned_from = models.ForeignKey("Report", null=True, on_delete=models.SET_NULL, related_name="taught")
    officer = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["domain", "field", "label"], name="reports_rule_once")]


class Report(models.Model):
    """One report read out of one message; a message may hold several."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="reports")
    index = models.IntegerField(default=0)
    kind = models.CharField(max_length=12)
    """`report not_abuse review reply loop` (interfaces.md)."""
    format = models.CharField(max_length=40)
    version = models.CharField(max_length=12)
    report_id = models.CharField(max_length=200, blank=True)
    """The reporter's own id, for the second layer of duplicates."""
    reporter = models.ForeignKey(Reporter, null=True, on_delete=models.SET_NULL)
    authenticity = models.CharField(max_length=16, default="none")
    """`pass` (aligned DKIM or SPF, or an authenticated door), `fail`, `none`."""
    reply_to = models.CharField(max_length=254, blank=True)
    language = models.CharField(max_length=2, default="en")
    confidence = models.FloatField(default=0)
    free_text = models.BooleanField(default=False)
    """Read from prose: never sends anything by itself (an officer's click, or evidence of our own logs)."""
    reason = models.TextField(blank=True)
    detail = models.JSONField(default=dict)
    findings_total = models.IntegerField(default=0)
    received_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "index"], name="reports_report_once")]


class Finding(Work):
    """One observed act. As a work row it is due for the stage `attribution.find`."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="findings")
    index = models.IntegerField()
    category = models.CharField(max_length=24)
    type = models.CharField(max_length=40)
    family = models.SmallIntegerField(null=True)
    address = models.BinaryField(null=True)
    source_ip = models.CharField(max_length=45, blank=True)
    source_port = models.IntegerField(null=True)
    proto = models.CharField(max_length=8, blank=True)
    login = models.CharField(max_length=254, blank=True)
    queue_id = models.CharField(max_length=40, blank=True)
    queue_host = models.CharField(max_length=120, blank=True)
    message_id = models.TextField(blank=True)
    time = models.DateTimeField(null=True)
    """UTC when `zone` is not `none`; else the local digits read as if UTC."""
    last_time = models.DateTimeField(null=True)
    time_raw = models.CharField(max_length=120, blank=True)
    zone = models.CharField(max_length=8, default="none")
    """`stated feed header none`."""
    time_error_s = models.FloatField(default=300)
    confidence = models.FloatField(default=0)
    count = models.IntegerField(default=1)
    special = models.CharField(max_length=16, blank=True)
    spans = models.JSONField(default=list)
    has_original = models.BooleanField(default=False)
    """Original headers or log lines are enclosed (evidence grade C needs them)."""
    event_key = models.CharField(max_length=64, db_index=True)
    """Hash of category, key and time bucket: the same event told by several reporters."""
    duplicate_of = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="copies")
    state = models.CharField(max_length=16, default="new")
    """`new attributed waiting not_ours stored`."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "index"], name="reports_finding_once")]
        indexes = [work_index("reports_finding_due")]


class Review(models.Model):
    """Something a person must look at; items with the same group are one for the officer."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="reviews")
    finding = models.ForeignKey(Finding, null=True, on_delete=models.CASCADE, related_name="reviews")
    group = models.CharField(max_length=64, db_index=True)
    """Hash of the sender, or of address and category (rulings: same sender, or same address and category, is one)."""
    reason = models.CharField(max_length=40)
    detail = models.TextField(blank=True)
    lane = models.CharField(max_length=12, default="review")
    """`review`, `copyright`, `sealed` (csam: restricted role), `dispute`."""
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=120, blank=True)
    outcome = models.CharField(max_length=24, blank=True)


class Answer(Work):
    """An answer that a reporter is due: a row made before attribution, read by `notices`."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="answers")
    kind = models.CharField(max_length=12)
    """`receipt missing not_ours closed`."""
    to = models.CharField(max_length=254)
    language = models.CharField(max_length=2)
    detail = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "kind"], name="reports_answer_once")]
        indexes = [work_index("reports_answer_due")]
