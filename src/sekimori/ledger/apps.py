"""Django app of `sekimori.ledger`."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class LedgerConfig(AppConfig):
    """Names the app and installs the append-only triggers after migrate."""

    name = "sekimori.ledger"
    label = "ledger"

    def ready(self) -> None:
        """Connect the trigger installer."""
        from sekimori.ledger.triggers import install

        post_migrate.connect(install, sender=self, dispatch_uid="ledger.triggers")
