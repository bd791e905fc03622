"""Letters to members and reporters, and what became of them."""

from django.db import models

from sekimori.cases.models import Case
from sekimori.work.columns import Work, work_index


class Notice(Work):
    """One notice over one channel. As a work row it is due for the stage `notices.send`."""

    ref = models.CharField(max_length=24, unique=True)
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="notices")
    measure = models.CharField(max_length=24, blank=True)
    """`ref` of the measure that it carries, if any."""
    audience = models.CharField(max_length=8)
    """`member reporter`."""
    to = models.CharField(max_length=254)
    channel = models.CharField(max_length=8)
    """`mail alt_mail letter sms manual`."""
    state = models.CharField(max_length=12, default="written")
    """`rehearsal written sending sent delivered undelivered recalled`."""
    template = models.CharField(max_length=40)
    template_version = models.CharField(max_length=12)
    language = models.CharField(max_length=2)
    subject = models.TextField()
    body = models.TextField()
    message_id = models.CharField(max_length=120, unique=True)
    """Fixed before the first try: a repeat after a crash carries the same Message-ID (house rule 1.12)."""
    reply_token = models.CharField(max_length=64, blank=True)
    written_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    undelivered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [work_index("notices_notice_due")]
