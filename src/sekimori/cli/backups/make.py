"""Make a backup while the desk works on."""

from __future__ import annotations

from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from django.db import connection, transaction

from sekimori.cli.backups import engines, manifest
from sekimori.cli.backups.manifest import Manifest
from sekimori.evidence import files, store
from sekimori.ledger.chain import Break
from sekimori.ledger.service import verify, write
from sekimori.settings import Settings
from sekimori.values.actors import Actor
from sekimori.values.clock import iso
from sekimori.values.outcomes import Refused

LEFT_OUT = {"evidence", "static", "schema.lock", *engines.SQLITE_NAMES}
"""Not copied as they lie: evidence goes by its rows, the database by its own means, the rest is made anew."""


def make(target: Path, settings: Settings, actor: Actor, now: datetime) -> tuple[Manifest, str]:
    """Write a whole backup into an empty or new folder: (manifest, its SHA-256).

    The database is copied first, from one instant; the files that its evidence rows name come after (they are only ever
    added, and expired ones stay an hour). Raises Refused where the folder cannot be used or the ledger does not hold,
    Outage and OSError where tools or disks fail; an unfinished backup has no manifest and cannot be restored.
    """
    if target.exists() and any(target.iterdir()):
        raise Refused("backup.not_empty", f"{target} is not empty")
    if settings.data == target.resolve() or settings.data in target.resolve().parents:
        raise Refused("backup.inside", "a backup must not lie in the data folder itself")
    chain = verify()
    if isinstance(chain, Break):
        raise Refused("backup.ledger", f"the ledger does not hold at entry {chain.seq}: {chain.why}")
    with transaction.atomic():
        write(actor, "backup.made", "backup", {"engine": connection.vendor}, now)
    chain = verify()
    assert not isinstance(chain, Break)
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    dump = engines.dump_sqlite if connection.vendor == "sqlite" else engines.dump_postgres
    tables, bodies = dump(target)
    made = Manifest(iso(now), version("sekimori"), connection.vendor, settings.synthetic, chain[0], chain[1], tables)
    for name in (engines.SQLITE_FILE, engines.POSTGRES_FILE):
        path = target / name
        if path.exists():
            made.files[name] = manifest.sha256_of(path), path.stat().st_size
    for sha256 in bodies:
        source = files.path_of(store.root(), sha256)
        name = f"evidence/{sha256[:2]}/{sha256[2:]}"
        try:
            made.files[name] = manifest.copy(source, target / name)
        except FileNotFoundError:
            made.missing_evidence.append(sha256)
    for name in manifest.walk(settings.data):
        if Path(name).parts[0] not in LEFT_OUT and not name.endswith(".tmp"):
            made.files[f"data/{name}"] = manifest.copy(settings.data / name, target / "data" / name)
    return made, manifest.save(target, made)
