"""Paths of the guide: `/`, `/ja/…`, `/en/…`."""

from django.urls import path, register_converter

from sekimori.guide import views
from sekimori.guide.pages import SLUG


class Language:
    """`ja` or `en`."""

    regex = "ja|en"

    def to_python(self, value: str) -> str:
        """Return the language as it stands in the path."""
        return value

    def to_url(self, value: str) -> str:
        """Return the language as it stands in the path."""
        return value


class Slug(Language):
    """The name of a page."""

    regex = SLUG.pattern


register_converter(Language, "lang")
register_converter(Slug, "page")

app_name = "guide"
urlpatterns = [
    path("", views.root, name="root"),
    path("<lang:language>/", views.front, name="front"),
    path("<lang:language>/<page:slug>/", views.page, name="page"),
]
