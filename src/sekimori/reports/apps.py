"""Django app of `sekimori.reports`."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Names the app."""

    name = "sekimori.reports"
    label = "reports"
