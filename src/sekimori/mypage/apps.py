"""Django app of `sekimori.mypage`; no tables of its own."""

from django.apps import AppConfig


class MyPageConfig(AppConfig):
    """Names the app."""

    name = "sekimori.mypage"
    label = "mypage"
