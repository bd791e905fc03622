"""Who handed which mail to our own servers, and who signed in from where. Protected data: read only with a purpose."""

from django.db import models


class Submission(models.Model):
    """One queue id of one of our servers: a mail accepted from a signed-in member, a web form, or another of our servers."""

    host = models.CharField(max_length=120)
    queue_id = models.CharField(max_length=40)
    message_id = models.TextField(blank=True)
    """Without angle brackets."""
    login = models.CharField(max_length=254, blank=True)
    """SASL user name; "" where the mail came from another of our servers or by address alone."""
    client_family = models.SmallIntegerField(null=True)
    client = models.BinaryField(null=True)
    client_port = models.IntegerField(null=True)
    country = models.CharField(max_length=2, blank=True)
    time = models.DateTimeField(db_index=True)
    ended_at = models.DateTimeField(null=True)
    """When the queue id was removed: a short queue id may be used again after it."""
    recipients = models.IntegerField(default=0)
    unknown_users = models.IntegerField(default=0)
    """Recipients refused because there is no such user (5.1.1)."""
    parent_queue_id = models.CharField(max_length=40, blank=True)
    """The queue id on the same host that it was re-injected from, where XFORWARD said so (`orig_queue_id=`)."""
    source = models.CharField(max_length=16)

    class Meta:
        indexes = [
            models.Index(fields=["queue_id", "time"], name="submission_queue_id"),
            models.Index(fields=["message_id"], name="submission_message_id"),
            models.Index(fields=["login", "time"], name="submission_login"),
        ]
        constraints = [models.UniqueConstraint(fields=["host", "queue_id", "time"], name="submission_once")]


class Handover(models.Model):
    """A delivery to another of our own servers or filters, which answered with its own queue id ("queued as")."""

    host = models.CharField(max_length=120)
    queue_id = models.CharField(max_length=40)
    at = models.DateTimeField()
    relay = models.CharField(max_length=120)
    """Name of the receiving host as logged; "" where it is the same machine (loopback)."""
    child_queue_id = models.CharField(max_length=40)

    class Meta:
        indexes = [models.Index(fields=["child_queue_id", "at"], name="submission_handover")]
        constraints = [models.UniqueConstraint(fields=["host", "queue_id", "child_queue_id", "at"], name="submission_handover_once")]


class SignIn(models.Model):
    """A successful sign-in at one of our mail services: where a password was used."""

    host = models.CharField(max_length=120)
    service = models.CharField(max_length=24)
    login = models.CharField(max_length=254)
    client_family = models.SmallIntegerField()
    client = models.BinaryField()
    country = models.CharField(max_length=2, blank=True)
    session = models.CharField(max_length=40, blank=True)
    time = models.DateTimeField(db_index=True)

    class Meta:
        indexes = [models.Index(fields=["login", "time"], name="submission_signin_login")]
        constraints = [models.UniqueConstraint(fields=["host", "service", "login", "time", "session"], name="submission_signin_once")]


class LogMark(models.Model):
    """How far a log file was read. A file is known by its content, so that rotation and compression do no harm."""

    kind = models.CharField(max_length=16)
    head_length = models.IntegerField()
    head = models.CharField(max_length=64)
    """SHA-256 of the first `head_length` octets."""
    offset = models.BigIntegerField()
    tail = models.CharField(max_length=64)
    """SHA-256 of the last octets (at most 1,024) before `offset`."""
    path = models.TextField()
    updated = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "head_length", "head"], name="submission_mark_once")]
