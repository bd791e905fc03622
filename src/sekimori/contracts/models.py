"""Contracts, and who holds them. The holder stands in a table of its own (secrecy: see attribution's reveal)."""

from django.db import models


class Contract(models.Model):
    """A contract without its holder's name. `handle` is what stages, ledger and pages use."""

    key = models.CharField(max_length=80, unique=True)
    """The provider's own contract number."""
    handle = models.CharField(max_length=32, unique=True)
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


class Holder(models.Model):
    """Name and channels of a contract's holder: protected data."""

    contract = models.OneToOneField(Contract, on_delete=models.CASCADE, primary_key=True)
    holder = models.TextField(blank=True)
    email = models.CharField(max_length=254, blank=True)
    alt_email = models.CharField(max_length=254, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    postal = models.TextField(blank=True)


class Key(models.Model):
    """A login or circuit and the contract it belonged to, with validity (logins are reused)."""

    kind = models.CharField(max_length=8)
    """`login` or `circuit`."""
    key = models.CharField(max_length=254)
    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="keys")
    valid_from = models.DateTimeField(null=True)
    valid_to = models.DateTimeField(null=True)
    user = models.CharField(max_length=120, blank=True)
    """Whose mailbox of a family contract it is."""

    class Meta:
        indexes = [models.Index(fields=["kind", "key"], name="contracts_key_lookup")]
