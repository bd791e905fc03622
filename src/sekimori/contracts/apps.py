"""Django app of `sekimori.contracts`."""

from django.apps import AppConfig


class ContractsConfig(AppConfig):
    """Names the app."""

    name = "sekimori.contracts"
    label = "contracts"
