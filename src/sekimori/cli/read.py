"""`sekimori read`: what abuse reports say, one JSON line per file. Needs no data folder and no database."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import click

_LONE = re.compile("[\ud800-\udfff]")


def files(paths: tuple[str, ...]) -> Iterator[str]:
    """Yield every regular file of the paths, folders walked in the order of names, as given or joined to the folder as given."""
    for given in paths:
        if not os.path.isdir(given):
            yield given
            continue
        for folder, inner, names in os.walk(given):
            inner.sort()
            for name in sorted(names):
                path = os.path.join(folder, name)
                if os.path.isfile(path):
                    yield path


def dumps(value: object) -> str:
    """Return one line of JSON, UTF-8 with readable Japanese; lone surrogates (file names, hostile text) as U+FFFD."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        text = _LONE.sub("\ufffd", text)
    return text


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path())
@click.option("--jsonl", "as_lines", is_flag=True, help="One JSON line per file (the only form; the option says so).")
@click.option("--rows", is_flag=True, help="One JSON line per finding instead, streamed: for feeds of any length.")
def read(paths: tuple[str, ...], as_lines: bool, rows: bool) -> None:
    """Read messages and report files: eml, json, csv, xml, zip, gz, txt; folders are walked."""
    from sekimori.reports import reading
    from sekimori.reports.contract import Context

    missing = [p for p in paths if not os.path.exists(p)]
    if missing:
        raise click.ClickException(f"no such file or folder: {missing[0]}")
    ctx = Context()
    failed = False
    write = sys.stdout.write
    for name in files(paths):
        try:
            item, digest = reading.load(Path(name))
        except OSError as e:
            click.echo(f"{name}: {e.strerror or 'unreadable'}", err=True)
            failed = True
            continue
        if rows:
            out = reading.begin(item, ctx)
            for n, f in enumerate(reading.stream(out)):
                write(dumps({"file": name, "sha256": digest, "format": out.format, "row": n, **f.to_json()}) + "\n")
        else:
            out = reading.answer(item, ctx)
            write(dumps(reading.to_json(out, name, digest)) + "\n")
    sys.stdout.flush()
    if failed:
        sys.exit(1)
