"""Who handed which mail to our own servers. Protected data: read only with a purpose."""

from django.db import models


class Submission(models.Model):
    """One mail accepted from a signed-in member (or a web form), as our servers logged it."""

    host = models.CharField(max_length=120)
    queue_id = models.CharField(max_length=40)
    message_id = models.TextField(blank=True)
    """Without angle brackets."""
    login = models.CharField(max_length=254, blank=True)
    client_family = models.SmallIntegerField(null=True)
    client = models.BinaryField(null=True)
    client_port = models.IntegerField(null=True)
    country = models.CharField(max_length=2, blank=True)
    time = models.DateTimeField(db_index=True)
    ended_at = models.DateTimeField(null=True)
    """When the queue id was removed: a short queue id may be used again after it."""
    recipients = models.IntegerField(default=0)
    unknown_users = models.IntegerField(default=0)
    parent_queue_id = models.CharField(max_length=40, blank=True)
    """The queue id it was re-injected from ("queued as"), if any."""
    source = models.CharField(max_length=16)

    class Meta:
        indexes = [
            models.Index(fields=["queue_id", "time"], name="submission_queue_id"),
            models.Index(fields=["message_id"], name="submission_message_id"),
            models.Index(fields=["login", "time"], name="submission_login"),
        ]
        constraints = [models.UniqueConstraint(fields=["host", "queue_id", "time"], name="submission_once")]
