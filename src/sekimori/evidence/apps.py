"""Django app of `sekimori.evidence`."""

from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    """Names the app."""

    name = "sekimori.evidence"
    label = "evidence"
