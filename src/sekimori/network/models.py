"""Our own prefixes, pools, relays and downstream operators, with history."""

from django.db import models


class Network(models.Model):
    """One row of `network load`: a prefix of a kind, valid from–to. Never changed: a correction is a new row in its place."""

    prefix = models.CharField(max_length=49)
    family = models.SmallIntegerField()
    length = models.SmallIntegerField()
    kind = models.CharField(max_length=16)
    """`static radius dhcp cgnat mape lw4o6 dslite pd relay infrastructure delegated`."""
    pd_length = models.SmallIntegerField(null=True)
    realm = models.CharField(max_length=40, blank=True)
    valid_from = models.DateTimeField(null=True)
    valid_to = models.DateTimeField(null=True)
    contact = models.TextField(blank=True)
    load = models.CharField(max_length=32, default="")
    """Id of the load that wrote the row: tells processes that their tries are stale."""

    class Meta:
        indexes = [models.Index(fields=["prefix"], name="network_prefix")]


class Registered(models.Model):
    """Whose a range is that is not ours, as its registry said (RDAP): kept until `expires_at`, then asked anew."""

    family = models.SmallIntegerField()
    first = models.BinaryField(max_length=16)
    last = models.BinaryField(max_length=16)
    contact = models.CharField(max_length=254, blank=True)
    """Abuse contact, "" where none is registered or the registry was away."""
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        indexes = [models.Index(fields=["family", "first"], name="network_registered_first")]
