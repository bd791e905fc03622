"""Letters to members and reporters, what became of them, and what was answered to them."""

from django.db import models

from sekimori.cases.models import Case
from sekimori.contracts.models import Contract
from sekimori.disclosure.models import Request
from sekimori.intake.models import Message
from sekimori.notices.masking import masked
from sekimori.work.columns import Work, work_index


class Notice(Work):
    """One notice over one channel. As a work row it is due for the stage `notices.send`."""

    ref = models.CharField(max_length=24, unique=True)
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="notices")
    request = models.ForeignKey(Request, null=True, on_delete=models.CASCADE, related_name="notices")
    """The request about which the member is heard; such a notice belongs to no case."""
    letter = models.CharField(max_length=24, blank=True, db_index=True)
    """`ref` of the enforcement letter that it carries out, for members."""
    measure = models.CharField(max_length=24, blank=True)
    """`ref` of the measure that it carries, if any."""
    source = models.CharField(max_length=70, blank=True)
    """For letters that reports alone decided: the reporter whose finding led to it (notices.flood counts by it)."""
    answers = models.JSONField(default=list)
    """For reporters: ids of the reports.Answer rows that it answers."""
    audience = models.CharField(max_length=8)
    """`member reporter operator` (downstream operator)."""
    to = models.CharField(max_length=254)
    """Mail address or telephone number; "" for post, whose address stays with the contract."""
    channel = models.CharField(max_length=8)
    """`mail alt_mail letter sms manual`."""
    state = models.CharField(max_length=12, default="written")
    """`rehearsal written sending sent delivered undelivered recalled`."""
    template = models.CharField(max_length=40)
    template_version = models.CharField(max_length=12)
    language = models.CharField(max_length=2)
    subject = models.TextField()
    body = models.TextField()
    attachment = models.TextField(blank=True)
    """For operators: JSON lines of XARF v4."""
    name_spans = models.JSONField(default=list)
    """Where the body names the holder ([start, end] of characters): the desk shows it masked."""
    message_id = models.CharField(max_length=120, unique=True)
    """Fixed before the first try: a repeat after a crash carries the same Message-ID (house rule 1.12)."""
    tagged = models.BooleanField(default=False)
    """Its last try left with a tag in the envelope sender (BATV): a bounce without one is not believed."""
    reply_token = models.CharField(max_length=64, blank=True, db_index=True)
    """Hash of the token in its Reply-To; the token itself is derived from a key (notices.tokens)."""
    written_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    undelivered_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    """When the member opened it in My page: understood beats delivered."""
    understood = models.BooleanField(null=True)
    """What the member answered to "was this clear?"; null: not asked or not answered."""

    @property
    def masked_body(self) -> str:
        """The body without the holder's name: what officers see."""
        return masked(self.body, self.name_spans, self.language)

    class Meta:
        indexes = [work_index("notices_notice_due"),
                   models.Index(fields=["source", "written_at"], condition=~models.Q(source=""), name="notices_notice_source")]
        constraints = [models.UniqueConstraint(
            fields=["letter", "channel"], condition=~models.Q(letter=""), name="notices_notice_once")]


class Courtesy(models.Model):
    """A reporter got an automatic answer on a day: at most one (RFC 3834 §2). The sender is a keyed hash."""

    sender = models.CharField(max_length=32)
    day = models.DateField()
    """Calendar day in JST."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sender", "day"], name="notices_courtesy_once")]


class Reply(models.Model):
    """What came back to a notice by mail: filed with it, never mined for findings."""

    message = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="filed_as")
    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="replies")
    text = models.TextField(blank=True)
    at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)
    seen_by = models.CharField(max_length=120, blank=True)


class SignIn(Work):
    """Somebody typed a contract number or a mailbox into My page. As a work row it is due for the stage `notices.codes`.

    The page stores it whether or not there is such a contract; only the stage looks, so the page cannot tell.
    """

    number = models.CharField(max_length=80)
    """The contract number as typed, or `mailbox:` and the login as typed (notices.codes)."""
    asked_at = models.DateTimeField()
    contract = models.ForeignKey(Contract, null=True, on_delete=models.CASCADE)
    code = models.CharField(max_length=32, blank=True)
    """Keyed hash of the code that was sent; "" while there is none."""
    channel = models.CharField(max_length=8, blank=True)
    expires_at = models.DateTimeField(null=True)
    failures = models.SmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [work_index("notices_signin_due"), models.Index(fields=["number", "asked_at"], name="notices_signin_number")]
