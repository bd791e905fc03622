"""Officers with a browser of their own."""

from __future__ import annotations

from datetime import datetime

from django.test import Client

from sekimori.staff.service import make_officer
from sekimori.values.actors import Actor

PASSWORD = "a long enough pass phrase"


def signed_in(now: datetime, name: str, roles: str, language: str = "en") -> Client:
    """Return the client of a new officer who has signed in (not freshly: no act that asks for the password again goes through)."""
    row = make_officer(name, roles, Actor("command", "test"), now)
    row.set_password(PASSWORD)
    row.save()
    client = Client(headers={"accept-language": language})
    client.force_login(row, backend="django.contrib.auth.backends.ModelBackend")
    return client
