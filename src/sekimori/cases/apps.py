"""Django app of `sekimori.cases`."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """Names the app."""

    name = "sekimori.cases"
    label = "cases"
