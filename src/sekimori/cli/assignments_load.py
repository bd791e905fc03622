"""`sekimori assignments load`: files of logs and tables become rows of who held what."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import click


@click.command()
@click.argument("source")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="Options of the source: feed, realm, zone …")
def load(source: str, paths: tuple[Path, ...], settings: tuple[str, ...]) -> None:
    """Load files of SOURCE. Files are known by content: loading one again, or after it grew, stores only what is new."""
    from sekimori.assignments.sources.registry import SOURCES
    from sekimori.cli.django import setup
    from sekimori.cli.purpose import actor

    kind = SOURCES.get(source)
    if kind is None:
        raise click.UsageError(f"unknown source {source!r}; there are: {' '.join(sorted(SOURCES))}")
    options = _options(settings, kind.options)
    setup()
    from django.db import transaction

    from sekimori.assignments.loader import Loader, Unreadable
    from sekimori.assignments.locks import feed_lock
    from sekimori.assignments.store.factory import open_store
    from sekimori.ledger.service import write
    from sekimori.settings import current
    from sekimori.values.clock import SystemClock, micros

    loader = Loader(open_store(), kind, options, current().data / "refused", lambda: micros(SystemClock().now()))
    began = time.monotonic()
    try:
        with feed_lock(current().data / "locks", loader.feed):
            for path in _files(paths):
                loader.load(path)
    except OSError as e:
        raise click.ClickException(f"{e.filename}: {e.strerror}") from e
    except Unreadable as e:
        raise click.ClickException(str(e)) from e
    done = loader.total
    answer = {
        "source": source, "feed": loader.feed, "read": done.read, "stored": done.stored, "refused": done.refused,
        "reasons": dict(sorted(done.reasons.items())), "ignored": done.ignored, "pending_bytes": done.pending_bytes,
        "refused_file": done.refused_file or None, "seconds": round(time.monotonic() - began, 2),
    }
    with transaction.atomic():
        write(actor(), "assignments.loaded", f"feed:{loader.feed}",
              {k: answer[k] for k in ("source", "read", "stored", "refused", "ignored", "reasons")}, SystemClock().now())
    click.echo(json.dumps(answer, ensure_ascii=False))


def _options(settings: tuple[str, ...], allowed: frozenset[str]) -> dict[str, str]:
    out = {}
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not equals or not (name in allowed or (name.partition("@")[0] + "@" in allowed and "@" in name)):
            raise click.UsageError(f"--set {setting}: this source knows {' '.join(sorted(allowed))}")
        out[name] = value
    return out


def _files(paths: tuple[Path, ...]) -> Iterator[Path]:
    """Files in the order given; those of a folder by name."""
    for path in paths:
        if path.is_dir():
            yield from sorted(p for p in path.rglob("*") if p.is_file())
        else:
            yield path
