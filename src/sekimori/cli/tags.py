"""`sekimori tags`."""

from __future__ import annotations

import click

from sekimori.cli.listen import host_port


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
    host, port = host_port(listen or settings.tags.listen, "--listen, or the setting tags.listen")
    if not settings.tags.key:
        raise click.ClickException("no key is set (SEKIMORI_TAGS_KEY_FILE): there is nothing to tag with")
    maps, clock = TagMaps(settings), SystemClock()
    try:
        run(lambda name, key: maps.lookup(name, key, clock.now()), host, port)
    except OSError as e:
        raise click.ClickException(f"cannot listen on {host}:{port}: {e.strerror}") from e
