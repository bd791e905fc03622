"""Django app of `sekimori.network`."""

from django.apps import AppConfig


class NetworkConfig(AppConfig):
    """Names the app."""

    name = "sekimori.network"
    label = "network"
