"""Django app of `sekimori.desk`: pages only, no tables."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """Names the app."""

    name = "sekimori.desk"
    label = "desk"
