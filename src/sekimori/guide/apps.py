"""Django app of `sekimori.guide`; no tables of its own."""

from django.apps import AppConfig


class GuideConfig(AppConfig):
    """Names the app."""

    name = "sekimori.guide"
    label = "guide"
