"""Take away what crashes and expiry leave in the evidence folder: unfinished files, and files without a row."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.db import connection, transaction

from sekimori.evidence import files
from sekimori.evidence.models import Body
from sekimori.evidence.store import PG_LOCK, root

AGE_S = 3600
"""Younger files may belong to somebody who is still writing."""
CHUNK = 200


@dataclass(frozen=True, slots=True)
class Swept:
    """How many unfinished files and files without a row were taken away, and the bytes that this freed."""

    unfinished: int
    orphans: int
    freed: int


def _old(folder: Path, age_s: float) -> Iterator[tuple[Path, int]]:
    edge = time.time() - age_s  # the file system's own clock wrote mtime, so it is compared with that, not with `now`
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        try:
            stat = path.stat()
        except FileNotFoundError:
            continue
        if stat.st_mtime < edge:
            yield path, stat.st_size


def _sweep_chunk(chunk: list[tuple[Path, int]], folder: Path) -> tuple[int, int]:
    """Unlink those of a chunk that have no row, while no writer can put one: returns (files, bytes)."""
    count = freed = 0
    names = {folder.name + path.name: (path, size) for path, size in chunk}
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PG_LOCK])
        kept = set(Body.objects.filter(sha256__in=list(names), codec="file").values_list("sha256", flat=True))
        for name, (path, size) in names.items():
            if name not in kept:
                path.unlink(missing_ok=True)
                count, freed = count + 1, freed + size
    return count, freed


def sweep(*, age_s: float = AGE_S) -> Swept:
    """Take away unfinished files and files without a row that are older than `age_s` seconds.

    Safe beside writers: rows are looked up and files unlinked under the lock that writers of large bodies share, and
    a writer looks for its file after it has that lock.
    """
    unfinished = orphans = freed = 0
    for path, size in _old(root() / files.TMP, age_s):
        path.unlink(missing_ok=True)
        unfinished, freed = unfinished + 1, freed + size
    for folder in sorted(root().glob("[0-9a-f][0-9a-f]")):
        old = list(_old(folder, age_s))
        for i in range(0, len(old), CHUNK):
            count, size = _sweep_chunk(old[i:i + CHUNK], folder)
            orphans, freed = orphans + count, freed + size
    return Swept(unfinished, orphans, freed)
