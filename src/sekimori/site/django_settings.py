"""Django's settings, derived from ours. Nothing here reads the environment but `sekimori.settings`.

SQLite: WAL, synchronous=FULL, IMMEDIATE transactions (house rule 2; stack measurements B5). No ATOMIC_REQUESTS:
every page would take the write lock.
"""

from __future__ import annotations

import os
from importlib.util import find_spec
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from sekimori.settings import current

_s = current()


def _database() -> dict[str, Any]:
    url = os.environ.get("SEKIMORI_TEST_DATABASE") or _s.database
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(_s.data / "sekimori.sqlite3"),
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;"
                " PRAGMA cache_size=-65536; PRAGMA mmap_size=268435456;",
            },
        }
    parts = urlsplit(url)
    options: dict[str, Any] = {k: v[0] for k, v in parse_qs(parts.query).items()}
    host = options.pop("host", None) or parts.hostname or ""
    # Compiling a question over partitions takes 100 times as long as asking it.
    options.setdefault("options", "-c jit=off")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or options.pop("port", "")),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


def _secret_key() -> str:
    path = _s.data / "keys" / "web"
    if path.exists():
        return path.read_text(encoding="ascii").strip()
    # Before `sekimori init` there is no data folder; nothing that is signed then outlives the process.
    import secrets

    return secrets.token_urlsafe(50)


SECRET_KEY = _secret_key()
DEBUG = False
ALLOWED_HOSTS = ["*"] if _s.provider.site_url.startswith("http://127.") else [urlsplit(_s.provider.site_url).hostname or ""]
CSRF_TRUSTED_ORIGINS = [_s.provider.site_url]
DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    *(f"sekimori.{name}" for name in (
        "work",
        "ledger", "evidence", "staff", "network", "intake", "submissions", "reports", "bounces", "contracts",
        "assignments", "attribution", "cases", "enforcement", "disclosure", "notices")),
    # Faces have no tables; each is shown as soon as the build has it.
    *(f"sekimori.{name}" for name in ("ui", "guide", "mypage", "desk", "api") if find_spec(f"sekimori.{name}.apps")),
]
AUTH_USER_MODEL = "staff.Officer"
MIDDLEWARE = [
    "sekimori.ui.middleware.SecurityHeaders",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "sekimori.ui.middleware.Language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
ROOT_URLCONF = "sekimori.site.urls"
TEMPLATES = [{
    "BACKEND": "django.template.backends.django.DjangoTemplates",
    "DIRS": [],
    "APP_DIRS": True,
    "OPTIONS": {"context_processors": [
        "django.template.context_processors.request",
        "django.contrib.auth.context_processors.auth",
        "django.contrib.messages.context_processors.messages",
        "sekimori.ui.context.page",
        "sekimori.desk.context.desk_state",
    ]},
}]
USE_TZ = True
TIME_ZONE = "Asia/Tokyo"
LANGUAGE_CODE = "ja"
LANGUAGES = [("ja", "日本語"), ("en", "English")]
STATIC_URL = "/static/"
# Static files are served out of the packages themselves: nothing to collect, nothing to forget at an upgrade.
STATIC_ROOT = None
WHITENOISE_USE_FINDERS = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = _s.desk.session_idle_s
SESSION_SAVE_EVERY_REQUEST = True
CSRF_COOKIE_SAMESITE = "Lax"
if _s.provider.site_url.startswith("https://"):
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# Not no-referrer: browsers then send "Origin: null" with our own forms, and CSRF protection refuses every POST.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 31_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
