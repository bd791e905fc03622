"""Django app of `sekimori.assignments`."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AssignmentsConfig(AppConfig):
    """Names the app and partitions the intervals after migrate (PostgreSQL)."""

    name = "sekimori.assignments"
    label = "assignments"

    def ready(self) -> None:
        """Connect the installer of partitions."""
        from sekimori.assignments.schema import install

        post_migrate.connect(install, sender=self, dispatch_uid="assignments.partitions")
