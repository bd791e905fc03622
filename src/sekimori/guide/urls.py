"""Paths of the guide: `/`, `/ja/…`, `/en/…`."""

from django.urls import path, register_converter

from sekimori.guide.pages import SLUG
from sekimori.guide.views import bounce, headers, pages, preserve, report


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
    path("", pages.root, name="root"),
    path("<lang:language>/", pages.front, name="front"),
    path("<lang:language>/report/", report.form, name="report"),
    path("<lang:language>/report/received/", report.received, name="report-received"),
    path("<lang:language>/headers/", headers.doctor, name="headers"),
    path("<lang:language>/bounce/", bounce.explainer, name="bounce"),
    path("<lang:language>/preserve/", preserve.form, name="preserve"),
    path("<lang:language>/preserve/received/", preserve.received, name="preserve-received"),
    path("<lang:language>/<page:slug>/", pages.page, name="page"),
]
