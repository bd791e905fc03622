"""Restore a backup into an empty folder (and an empty database), and prove that all of it is there."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sekimori.cli.backups import engines, manifest
from sekimori.cli.backups.manifest import Manifest
from sekimori.settings import Settings
from sekimori.values.outcomes import Refused

DOUBT = "restored"
"""Set as doubt of the clock: stages that act on persons wait until an officer confirms. What was sent after the backup
was made stands in it as not yet sent; nobody is to be warned or restricted twice by a machine."""


@dataclass(frozen=True, slots=True)
class Restored:
    """The proof: entries of the ledger, evidence bodies re-hashed, and a line for everything that is not as it was."""

    ledger_entries: int
    bodies: int
    faults: tuple[str, ...]


def restore(source: Path, settings: Settings, start_django: Callable[[], None], now: datetime) -> Restored:
    """Check a backup, put it into the data folder of the settings, and verify ledger, evidence and row counts.

    `start_django` is called once the files are in place. Raises Refused where the backup is not whole, the folder or
    database not empty, or the engine another one; nothing is written then.
    """
    held = manifest.load(source)
    wrong = manifest.faults(source, held)
    if wrong:
        raise Refused("restore.not_whole", "; ".join(wrong[:5]))
    if settings.data.exists() and any(settings.data.iterdir()):
        raise Refused("restore.not_empty", f"{settings.data} is not empty")
    engine = "postgresql" if settings.database else "sqlite"
    if held.engine != engine:
        raise Refused("restore.engine", f"the backup is of {held.engine}, the settings name {engine}")
    if settings.database:
        engines.require_empty_postgres(settings.database)
    try:
        _place(source, settings.data, held)
        start_django()
    except BaseException:
        shutil.rmtree(settings.data, ignore_errors=True)  # it was empty before: the next try begins as this one did
        raise
    return _prove(held, now)


def _place(source: Path, data: Path, held: Manifest) -> None:
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, (sha256, _) in held.files.items():
        if name == engines.SQLITE_FILE:
            target = data / engines.SQLITE_NAMES[0]
        elif name.startswith("data/"):
            target = data / name.removeprefix("data/")
        elif name.startswith("evidence/"):
            target = data / name
        else:
            continue
        if manifest.copy(source / name, target)[0] != sha256:
            raise Refused("restore.not_whole", f"{name} changed while it was read")
    os.sync()


def _prove(held: Manifest, now: datetime) -> Restored:
    from sekimori.evidence.verify import verify as verify_evidence
    from sekimori.ledger.chain import Break
    from sekimori.ledger.service import verify as verify_ledger

    wrong = []
    rows = engines.count_rows(list(held.tables))
    wrong += [f"table {n}: {rows[n]} rows instead of {count}" for n, count in sorted(held.tables.items())
              if rows[n] != count and n != "django_migrations"]
    chain = verify_ledger()
    entries = 0
    if isinstance(chain, Break):
        wrong.append(f"ledger: entry {chain.seq} {chain.why}")
    else:
        entries = chain[0]
        if chain[0] < held.ledger_entries:
            wrong.append(f"ledger: {chain[0]} entries instead of {held.ledger_entries}")
    verdict = verify_evidence()
    wrong += [f"evidence missing: {n}" for n in verdict.missing if n not in held.missing_evidence]
    wrong += [f"evidence changed: {n}" for n in verdict.changed]
    _keep_waiting(now)
    return Restored(entries, verdict.checked, tuple(wrong))


def _keep_waiting(now: datetime) -> None:
    from sekimori.values.clock import micros
    from sekimori.work.models import ClockMark

    ClockMark.objects.update_or_create(id=1, defaults={"doubt": DOUBT, "since": micros(now)}, create_defaults={
        "high": micros(now), "doubt": DOUBT, "since": micros(now)})
