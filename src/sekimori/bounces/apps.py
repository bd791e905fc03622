"""Django app of `sekimori.bounces`."""

from django.apps import AppConfig


class BouncesConfig(AppConfig):
    """Names the app."""

    name = "sekimori.bounces"
    label = "bounces"
