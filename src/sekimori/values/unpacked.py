"""Files that may be gzip: opened by their magic octets."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import BinaryIO, cast


def open_unpacked(path: Path) -> BinaryIO:
    """Open a file, unpacking gzip by its magic octets. Raises OSError; reading a damaged gzip raises EOFError, zlib.error or OSError."""
    with path.open("rb") as f:
        magic = f.read(2)
    return cast(BinaryIO, gzip.open(path, "rb")) if magic == b"\x1f\x8b" else path.open("rb")
