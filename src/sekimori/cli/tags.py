"""`sekimori tags`."""

from __future__ import annotations

import click


@click.group()
def tags() -> None:
    """Tags in the envelope sender (BATV), by which a bounce proves itself."""


@tags.command()
@click.option("--listen", default="", metavar="HOST:PORT", help="Default: the setting tags.listen.")
def serve(listen: str) -> None:
    """Serve the maps `sign`, `untag` and `check` to Postfix until SIGTERM (socketmap). Needs no database."""
    from sekimori.bounces.tagmaps import TagMaps
    from sekimori.settings import SettingsError, current
    from sekimori.smtp.socketmap import run
    from sekimori.values.clock import SystemClock

    try:
        settings = current()
    except SettingsError as e:
        raise click.ClickException(str(e)) from e
    host, _, port = (listen or settings.tags.listen).rpartition(":")
    if not host or not port.isdecimal():
        raise click.UsageError("HOST:PORT is expected, by --listen or the setting tags.listen")
    if not settings.tags.key:
        raise click.ClickException("no key is set (SEKIMORI_TAGS_KEY_FILE): there is nothing to tag with")
    maps, clock = TagMaps(settings), SystemClock()
    try:
        run(lambda name, key: maps.lookup(name, key, clock.now()), host.strip("[]"), int(port))
    except OSError as e:
        raise click.ClickException(f"cannot listen on {host}:{port}: {e.strerror}") from e
