"""Django app of `sekimori.submissions`."""

from django.apps import AppConfig


class SubmissionsConfig(AppConfig):
    """Names the app."""

    name = "sekimori.submissions"
    label = "submissions"
