"""Django app of `sekimori.contracts`."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ContractsConfig(AppConfig):
    """Names the app and installs the guard of the holder data after migrate."""

    name = "sekimori.contracts"
    label = "contracts"

    def ready(self) -> None:
        """Connect the installer."""
        from sekimori.contracts.guard import install

        post_migrate.connect(install, sender=self, dispatch_uid="contracts.guard")
