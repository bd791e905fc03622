"""Paths below /api/v1/."""

from django.urls import path

from sekimori.api import openapi, reports

app_name = "api"
urlpatterns = [
    path("reports", reports.reports, name="reports"),
    path("reports/<slug:ref>", reports.report, name="report"),
    path("openapi.json", openapi.openapi, name="openapi"),
]
