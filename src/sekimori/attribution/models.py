"""The answer for one finding: contract, how, certainty, rivals, proof."""

from django.db import models

from sekimori.contracts.models import Contract
from sekimori.reports.models import Finding
from sekimori.work.columns import Work, work_index


class Attribution(Work):
    """As a work row it is due for the stage `cases.open`. Never changed; a new answer is a new revision."""

    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="attributions")
    revision = models.IntegerField(default=1)
    certainty = models.CharField(max_length=16)
    """`exact exact_open boundary inferred several zone_ambiguous upstream delegated none`."""
    contract = models.ForeignKey(Contract, null=True, on_delete=models.PROTECT)
    """Only for `exact` and `exact_open`."""
    candidates = models.IntegerField(default=0)
    how = models.CharField(max_length=24)
    """`radius dhcp static pd cgnat mape lw4o6 dslite submission login …`."""
    why = models.CharField(max_length=40, blank=True)
    """Stable reason code (`window_at_edge port_missing not_ours feed_gap …`)."""
    ours = models.BooleanField(default=True)
    """The address lay inside our own prefixes at that time."""
    own_log = models.BooleanField(default=False)
    """Our submission log resolves the queue id or message id to one login: evidence grade A with authentication."""
    stolen = models.BooleanField(default=False)
    """The login was used from foreign or many networks: a stolen password, not the address's holder."""
    proof = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["finding", "revision"], name="attribution_once")]
        indexes = [work_index("attribution_due")]


class Forward(Work):
    """A finding in a downstream operator's range: due for the stage `notices.operators`, held where the reporter did not agree."""

    attribution = models.OneToOneField(Attribution, on_delete=models.CASCADE, related_name="forward")
    contact = models.CharField(max_length=254)
    """The operator's abuse address, as `network load` gave it for the delegated prefix."""
    agreed_by = models.CharField(max_length=120, blank=True)
    """The officer who has the reporter's consent in another way, or ""."""
    notice = models.CharField(max_length=24, blank=True)
    """Number of the newest notice that told the operator."""
    reminded_at = models.DateTimeField(null=True)
    """When the operator was told a second time, having been silent until the deadline."""

    class Meta:
        indexes = [work_index("attribution_forward_due")]
