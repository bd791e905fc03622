"""`sekimori network|contracts|logins|circuits|submissions load`: the provider's knowledge, from files."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sekimori.cli.countries import countries
from sekimori.cli.purpose import actor

if TYPE_CHECKING:
    from sekimori.values.actors import Actor
    from sekimori.values.loads import Tally

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
Store = Callable[[Iterator[tuple[int, Mapping[str, str]]], "Tally", datetime, "Actor"], "Tally"]


@click.group()
def network() -> None:
    """Our own prefixes, pools, relays and downstream operators."""


@click.group()
def contracts() -> None:
    """Contracts and their holders."""


@click.group()
def logins() -> None:
    """Logins and the contracts they belong to."""


@click.group()
def circuits() -> None:
    """Circuits and the contracts they belong to."""


@click.group()
def submissions() -> None:
    """Mail handed in by members, from our servers' logs."""


network.add_command(countries)


@network.command("load")
@click.argument("file", type=FILE)
def network_load(file: Path) -> None:
    """Load FILE.csv: prefix,kind,pd_length,realm,valid_from,valid_to,contact."""
    _start()
    from sekimori.network.store import load

    _csv("network", file, ("prefix", "kind"), load)


@contracts.command("load")
@click.argument("file", type=FILE)
def contracts_load(file: Path) -> None:
    """Load FILE.csv: contract,holder,kind,language,email,alt_email,phone,postal,access,product,protected,consents,valid_from,valid_to."""
    _start()
    from sekimori.contracts.store import load_contracts

    _csv("contracts", file, ("contract",), load_contracts)


def _keys(kind: str, file: Path) -> None:
    _start()
    from sekimori.contracts.store import load_keys

    _csv(f"{kind}s", file, ("key", "contract"), lambda rows, tally, now, actor: load_keys(kind, rows, tally, now, actor))


@logins.command("load")
@click.argument("file", type=FILE)
def logins_load(file: Path) -> None:
    """Load FILE.csv: key,contract,valid_from,valid_to,user."""
    _keys("login", file)


@circuits.command("load")
@click.argument("file", type=FILE)
def circuits_load(file: Path) -> None:
    """Load FILE.csv: key,contract,valid_from,valid_to,user."""
    _keys("circuit", file)


@submissions.command("load")
@click.argument("kind", type=click.Choice(["postfix-log", "dovecot-log"]))
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--zone", default="Asia/Tokyo", show_default=True, help="Zone of log times that state none.")
@click.option("--host", default="", help="Name of the server, where its log names it otherwise than its Received lines do.")
def submissions_load(kind: str, paths: tuple[Path, ...], zone: str, host: str) -> None:
    """Load mail logs (files, folders, gzip); each file goes on where its last load ended."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        tz = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise click.BadParameter(f"no time zone {zone!r}", param_hint="--zone") from None
    _start()
    from sekimori.network.countries.rows import BadTable
    from sekimori.submissions.loading import load
    from sekimori.submissions.ours import finder, text_is_ours
    from sekimori.values.clock import SystemClock
    from sekimori.values.loads import Tally

    now = SystemClock().now()
    files = [f for p in paths for f in (sorted(x for x in p.rglob("*") if x.is_file()) if p.is_dir() else [p])]
    tally = Tally()
    try:
        load(kind, files, text_is_ours(now), tz, now, actor(), tally, host[:120], finder(now))
    except BadTable as e:
        raise click.ClickException(str(e)) from e
    except OSError as e:
        raise click.ClickException(f"{e.filename or 'log'}: {e.strerror or 'cannot be read'}") from e
    _answer(f"submissions-{kind}", tally)


@submissions.command("expire")
def submissions_expire() -> None:
    """Delete submissions and sign-ins older than the retention of submission logs, with a record in the ledger. Run it daily."""
    _start()
    import json
    from datetime import timedelta

    from sekimori.policy import PolicyError, retention
    from sekimori.submissions.store import expire
    from sekimori.values.clock import SystemClock, iso

    now = SystemClock().now()
    try:
        before = now - timedelta(days=retention().submission_logs_days)
    except PolicyError as e:
        raise click.ClickException(str(e)) from e
    click.echo(json.dumps({"expired": expire(before, actor(), now), "before": iso(before)}))


def _start() -> None:
    from sekimori.cli.django import setup

    setup()


def _csv(name: str, file: Path, required: tuple[str, ...], store: Store) -> None:
    from sekimori.values.clock import SystemClock
    from sekimori.values.loads import BadRow, Tally, csv_rows

    tally = Tally()
    try:
        encoding = encoding_of(file)
        if encoding != "utf-8":
            tally.extra["encoding"] = encoding
        with file.open(encoding=encoding, errors="replace", newline="") as f:
            store(csv_rows(f, tally, required), tally, SystemClock().now(), actor())
    except BadRow:
        raise click.ClickException(f"{file}: the first line must name the columns {', '.join(required)}") from None
    except OSError as e:
        raise click.ClickException(f"{file}: {e.strerror}") from e
    _answer(name, tally)


def encoding_of(file: Path) -> str:
    """Return `utf-8`, or `cp932` where the whole file is that and no UTF-8 (tables saved by Japanese spreadsheets).

    Raises OSError.
    """
    import codecs

    for encoding in ("utf-8", "cp932"):
        decoder = codecs.getincrementaldecoder(encoding)("strict")
        try:
            with file.open("rb") as f:
                while block := f.read(1 << 20):
                    decoder.decode(block)
                decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return encoding
    return "utf-8"


def _answer(name: str, tally: Tally) -> None:
    """Print the JSON line; refused rows go to DATA/refused/, readable by the owner only."""
    from sekimori.settings import current

    path = ""
    if tally.rejects:
        folder = current().data / "refused"
        folder.mkdir(mode=0o700, exist_ok=True)
        target = folder / f"{name}-{os.getpid()}.csv"
        with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as f:
            f.write(tally.refused_csv())
        path = str(target)
    click.echo(tally.line(path))
