"""`sekimori web`: the pages and the API, served by waitress behind whatever terminates TLS."""

from __future__ import annotations

from typing import Any

import click


@click.command()
@click.option("--http", "listen", default="127.0.0.1:8080", show_default=True, metavar="HOST:PORT")
@click.option("--threads", default=4, show_default=True, help="Requests served at once.")
def web(listen: str, threads: int) -> None:
    """Serve the pages until SIGTERM."""
    from sekimori.cli.django import setup

    setup()
    import waitress

    from sekimori.site.wsgi import application

    # A report by form may be 30 MB; the header limit keeps a stranger from filling memory.
    serve: Any = waitress.serve  # waitress has no annotations
    serve(application, listen=listen, threads=threads, ident=None, max_request_body_size=31_000_000,
                   max_request_header_size=65_536, channel_timeout=60, clear_untrusted_proxy_headers=True)
