"""Django app of `sekimori.api`."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """Names the app."""

    name = "sekimori.api"
    label = "api"
