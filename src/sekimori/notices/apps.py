"""Django app of `sekimori.notices`."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Names the app."""

    name = "sekimori.notices"
    label = "notices"
