"""Django app of `sekimori.intake`."""

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    """Names the app."""

    name = "sekimori.intake"
    label = "intake"
