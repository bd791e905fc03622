"""Django app of `sekimori.assignments`."""

from django.apps import AppConfig


class AssignmentsConfig(AppConfig):
    """Names the app."""

    name = "sekimori.assignments"
    label = "assignments"
