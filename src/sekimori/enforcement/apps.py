"""Django app of `sekimori.enforcement`."""

from django.apps import AppConfig


class EnforcementConfig(AppConfig):
    """Names the app."""

    name = "sekimori.enforcement"
    label = "enforcement"
