"""Django app of `sekimori.ui`: templates, static files and template tags; no tables."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    """Names the app."""

    name = "sekimori.ui"
    label = "ui"
