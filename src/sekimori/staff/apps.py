"""Django app of `sekimori.staff`."""

from django.apps import AppConfig


class StaffConfig(AppConfig):
    """Names the app."""

    name = "sekimori.staff"
    label = "staff"
