"""Paths of the shared look."""

from django.urls import path

from sekimori.ui import views

app_name = "ui"
urlpatterns = [path("language", views.switch, name="language")]
