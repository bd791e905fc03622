"""Our own prefixes, pools, relays and downstream operators, with history."""

from django.db import models


class Network(models.Model):
    """One row of `network load`: a prefix of a kind, valid from–to."""

    prefix = models.CharField(max_length=49)
    family = models.SmallIntegerField()
    length = models.SmallIntegerField()
    kind = models.CharField(max_length=16)
    """`static radius dhcp cgnat mape dslite pd relay infrastructure delegated`."""
    pd_length = models.SmallIntegerField(null=True)
    realm = models.CharField(max_length=40, blank=True)
    valid_from = models.DateTimeField(null=True)
    valid_to = models.DateTimeField(null=True)
    contact = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["prefix"], name="network_prefix")]
