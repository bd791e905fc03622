"""Contracts, and who holds them. The holder stands in a table of its own, read only by `contracts.holders`."""

from django.db import models


class Contract(models.Model):
    """A contract without its holder's name. `handle` is what stages, ledger and pages use."""

    key = models.CharField(max_length=80, unique=True)
    """The provider's own contract number."""
    handle = models.CharField(max_length=80, unique=True)
    """Opaque; in a synthetic folder the key itself."""
    kind = models.CharField(max_length=16, default="person")
    language = models.CharField(max_length=2, default="ja")
    access = models.CharField(max_length=16, blank=True)
    """`pppoe ipoe mobile dialup mail …`: which actuators apply."""
    product = models.CharField(max_length=40, blank=True)
    protected = models.CharField(max_length=40, blank=True)
    """Why nothing is automatic here (`hospital police emergency …`), or ""."""
    consents = models.CharField(max_length=200, blank=True)
    """Space-separated: what the member agreed to (`vulnerability …`)."""
    valid_from = models.DateTimeField(null=True)
    valid_to = models.DateTimeField(null=True)


class Change(models.Model):
    """What a load changed of a contract: history. Of the holder's data only the names of the changed fields are kept."""

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="changes")
    at = models.DateTimeField()
    before = models.JSONField(default=dict)
    """Former values of the contract's own columns that changed."""
    holder_fields = models.CharField(max_length=80, blank=True)
    """Space-separated names of holder columns that changed."""


class Holder(models.Model):
    """Name and channels of a contract's holder: protected data. Read by `contracts.holders.read` only."""

    contract = models.OneToOneField(Contract, on_delete=models.CASCADE, primary_key=True)
    holder = models.TextField(blank=True)
    email = models.CharField(max_length=254, blank=True)
    alt_email = models.CharField(max_length=254, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    postal = models.TextField(blank=True)


class HolderRead(models.Model):
    """A ledger entry that has paid for one reading of holder data: each pays once."""

    seq = models.BigIntegerField(primary_key=True)
    """The entry's sequence number in the ledger."""


class Reveal(models.Model):
    """One holder shown to one officer: what the rate alarm counts."""

    officer = models.CharField(max_length=120)
    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="reveals")
    at = models.DateTimeField()
    reference = models.CharField(max_length=200)

    class Meta:
        indexes = [models.Index(fields=["officer", "at"], name="contracts_reveal_rate")]


class Key(models.Model):
    """A login or circuit and the contract it belonged to, with validity (logins are reused)."""

    kind = models.CharField(max_length=8)
    """`login` or `circuit`."""
    key = models.CharField(max_length=254)
    fold = models.CharField(max_length=254)
    """The key in folded case: used where no row has the key as it was written."""
    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="keys")
    valid_from = models.DateTimeField(null=True)
    valid_to = models.DateTimeField(null=True)
    """The first instant at which it belonged to the contract no more."""
    user = models.CharField(max_length=120, blank=True)
    """Whose mailbox of a family contract it is."""

    class Meta:
        indexes = [models.Index(fields=["kind", "fold"], name="contracts_key_lookup")]
