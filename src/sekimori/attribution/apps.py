"""Django app of `sekimori.attribution`."""

from django.apps import AppConfig


class AttributionConfig(AppConfig):
    """Names the app."""

    name = "sekimori.attribution"
    label = "attribution"
