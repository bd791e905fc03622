"""Which page is where."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from sekimori.api import health

FACES = {"": ("ui", "guide"), "my/": ("mypage",), "desk/": ("desk",), "api/v1/": ("api",)}
"""Path and packages below it; a package that this build does not have is left out."""

urlpatterns: list[URLPattern | URLResolver] = [
    path(prefix, include(f"sekimori.{name}.urls"))
    for prefix, names in FACES.items() for name in names if find_spec(f"sekimori.{name}.urls")
]
urlpatterns += [path("healthz", health.healthz), path("metrics", health.metrics)]
