"""Large bodies as files: written so that a power cut leaves either the whole file or none."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

TMP = "tmp"
"""Unfinished files lie here, on the same file system as the finished ones, until the rename."""


def path_of(root: Path, sha256: str) -> Path:
    """Return where the body of this name lies below the evidence folder: `ab/cdef…`."""
    return root / sha256[:2] / sha256[2:]


def sync_folder(path: Path) -> None:
    """Make the names in a folder durable (fsync of the folder itself). Raises OSError."""
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _folder(path: Path) -> None:
    """Make a folder (0700) durably where it is missing."""
    if path.is_dir():
        return
    _folder(path.parent)
    path.mkdir(mode=0o700, exist_ok=True)
    sync_folder(path.parent)


def write(root: Path, sha256: str, data: bytes) -> Path:
    """Write a body durably: temporary file, fsync, rename, fsync of the folder. Returns its path.

    Always writes anew, even where the file is there already: its time stamp then says that somebody needs it, and the
    sweeper leaves it alone. Raises OSError (disk full, I/O error) and leaves nothing behind but perhaps a temporary
    file. A failed fsync is never repeated: after one the kernel may have dropped the pages, and a second fsync would
    succeed without them (PostgreSQL's "fsyncgate", 2018).
    """
    final = path_of(root, sha256)
    _folder(root / TMP)
    _folder(final.parent)
    temporary = root / TMP / f"{sha256[:16]}.{secrets.token_hex(8)}"
    fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        try:
            view = memoryview(data)
            while view:
                view = view[os.write(fd, view):]
            os.fsync(fd)
        finally:
            os.close(fd)
        temporary.rename(final)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(final.parent)
    return final
