"""Django app of `sekimori.work`."""

from django.apps import AppConfig


class WorkConfig(AppConfig):
    """Names the app."""

    name = "sekimori.work"
    label = "work"
