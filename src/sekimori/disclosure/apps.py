"""Django app of `sekimori.disclosure`."""

from django.apps import AppConfig


class DisclosureConfig(AppConfig):
    """Names the app."""

    name = "sekimori.disclosure"
    label = "disclosure"
