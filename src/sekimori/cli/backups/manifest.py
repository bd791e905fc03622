"""The manifest of a backup: what belongs to it, and the hash of each file."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from sekimori.evidence.files import sync_folder
from sekimori.values.outcomes import Refused

NAME = "manifest.json"
FORMAT = 1
CHUNK = 1 << 20


@dataclass(slots=True)
class Manifest:
    """What a backup holds. `files` maps each relative path to [SHA-256, octets]; `tables` each table to its rows."""

    made_at: str
    version: str
    engine: str
    synthetic: bool
    ledger_entries: int
    ledger_head: str
    tables: dict[str, int] = field(default_factory=dict)
    files: dict[str, tuple[str, int]] = field(default_factory=dict)
    missing_evidence: list[str] = field(default_factory=list)
    """Bodies that had a row but no file when the backup was made: the store was damaged already."""
    format: int = FORMAT


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, read in pieces."""
    digest = hashlib.sha256()
    with path.open("rb") as f:
        while piece := f.read(CHUNK):
            digest.update(piece)
    return digest.hexdigest()


def copy(source: Path, target: Path) -> tuple[str, int]:
    """Copy one file durably (0600) and return its SHA-256 and size, of the octets that were written."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    fd = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with source.open("rb") as f, os.fdopen(fd, "wb") as out:
        while piece := f.read(CHUNK):
            digest.update(piece)
            size += len(piece)
            out.write(piece)
        out.flush()
        os.fsync(out.fileno())
    return digest.hexdigest(), size


def walk(folder: Path) -> Iterator[str]:
    """Yield the relative path of every regular file below a folder, in order."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield path.relative_to(folder).as_posix()


def save(folder: Path, manifest: Manifest) -> str:
    """Write the manifest as the last file of a backup, durably; return its own SHA-256."""
    for sub in sorted({(folder / p).parent for p in manifest.files}):
        sync_folder(sub)
    text = json.dumps(asdict(manifest), indent=1, sort_keys=True, ensure_ascii=False).encode()
    temporary = folder / (NAME + ".tmp")
    with temporary.open("wb") as f:
        f.write(text)
        f.flush()
        os.fsync(f.fileno())
    temporary.replace(folder / NAME)
    sync_folder(folder)
    return hashlib.sha256(text).hexdigest()


def load(folder: Path) -> Manifest:
    """Read a backup's manifest. Raises Refused("backup.no_manifest" or "backup.format")."""
    try:
        raw: dict[str, Any] = json.loads((folder / NAME).read_bytes())
        raw["files"] = {k: (str(v[0]), int(v[1])) for k, v in raw["files"].items()}
        manifest = Manifest(**raw)
    except FileNotFoundError:
        raise Refused("backup.no_manifest", f"{folder} holds no finished backup") from None
    except (ValueError, TypeError, KeyError, AttributeError, IndexError) as e:
        raise Refused("backup.format", "the manifest cannot be read") from e
    if manifest.format != FORMAT or any(p.startswith("/") or ".." in Path(p).parts for p in manifest.files):
        raise Refused("backup.format", "this version does not read such a backup")
    return manifest


def faults(folder: Path, manifest: Manifest) -> list[str]:
    """Compare a backup with its manifest: a line for each file that is missing, changed, or not in it."""
    found = []
    for name, (sha256, size) in sorted(manifest.files.items()):
        path = folder / name
        if not path.is_file() or path.is_symlink():
            found.append(f"missing: {name}")
        elif path.stat().st_size != size or sha256_of(path) != sha256:
            found.append(f"changed: {name}")
    found += [f"not in the manifest: {name}" for name in walk(folder) if name not in manifest.files and name != NAME]
    return found
