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
