"""Django app of `sekimori.ledger`."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """Names the app."""

    name = "sekimori.ledger"
    label = "ledger"
