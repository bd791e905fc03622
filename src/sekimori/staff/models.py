"""Officers."""

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models


class Officer(AbstractBaseUser):
    """A person at the desk. Roles are separate: triage, handler, approver, rules, auditor, admin, reveal, legal, sealed."""

    name = models.CharField(max_length=60, unique=True)
    display_name = models.CharField(max_length=80, blank=True)
    roles = models.CharField(max_length=200, blank=True)
    """Space-separated."""
    language = models.CharField(max_length=2, default="ja")
    totp_secret = models.CharField(max_length=64, blank=True)
    totp_last = models.BigIntegerField(default=0)
    """Last used time step: a code works once."""
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    objects = BaseUserManager["Officer"]()
    USERNAME_FIELD = "name"

    @property
    def password_set(self) -> bool:
        """Whether the officer has enrolled; before that only a one-time link lets them in."""
        return self.has_usable_password()

    def has_role(self, role: str) -> bool:
        """Tell whether the officer holds a role."""
        return role in self.roles.split()


class OneTimeLink(models.Model):
    """A link that signs an officer in once; only its hash is kept."""

    token_hash = models.CharField(max_length=64, unique=True)
    officer = models.ForeignKey(Officer, on_delete=models.CASCADE)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class Attempt(models.Model):
    """One try of something that may be tried only so often (sign-in, codes, appeals)."""

    key = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["key", "at"], name="staff_attempt_key")]
