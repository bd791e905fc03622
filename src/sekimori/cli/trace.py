"""`sekimori trace`: where one message came from."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import click


@click.command()
@click.argument("path", type=click.Path(dir_okay=False, allow_dash=True))
@click.option("--json", "as_json_line", is_flag=True, help="one JSON object on one line")
@click.option("--trust", "trusted", multiple=True, metavar="PREFIX|HOST", help="a server that is believed: its prefix or its full host name")
@click.option("--language", type=click.Choice(["ja", "en"]), default="ja", show_default=True, help="of the sentences without --json")
def trace(path: str, as_json_line: bool, trusted: tuple[str, ...], language: str) -> None:
    """Read the Received chain of the message in PATH (- for standard input) critically.

    Without --trust only the topmost hop is believed, and what cannot have come from outside its network.
    """
    from sekimori.mime import DEFAULT, read
    from sekimori.tracing import trace as follow
    from sekimori.tracing.render import as_json, as_text

    try:
        raw = sys.stdin.buffer.read(DEFAULT.message + 1) if path == "-" else _read(Path(path), DEFAULT.message + 1)
    except OSError as e:
        raise click.ClickException(f"{path}: {e.strerror}") from None
    found = follow(read(raw), trusted, now=datetime.now(UTC))
    click.echo(json.dumps(as_json(found), ensure_ascii=False) if as_json_line else as_text(found, language))


def _read(path: Path, limit: int) -> bytes:
    with path.open("rb") as file:
        return file.read(limit)
