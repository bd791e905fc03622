"""Start Django for a command that needs the database; `read`, `trace` and `bounce` never call this."""

from __future__ import annotations

import os


def setup(*, need_schema: bool = True) -> None:
    """Make the data folder if it is not there, load Django, and bring the schema into being at first use.

    Raises click.ClickException with one line where the settings are wrong.
    """
    import click

    from sekimori.settings import SettingsError, current

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sekimori.site.django_settings")
    try:
        settings = current()
    except SettingsError as e:
        raise click.ClickException(str(e)) from e
    from sekimori.settings.folder import ensure

    ensure(settings)
    import django

    django.setup()
    if need_schema:
        from sekimori.cli.schema import ensure_schema

        ensure_schema(settings)
