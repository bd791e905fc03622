"""A body made ready for the store: hashed, compressed and, if it is large, already written to its file."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass
from pathlib import Path

import zstandard

from sekimori.evidence import files

IN_ROW_MAX = 64 * 1024
"""Bodies up to this many bytes go into the table, in the caller's COMMIT; larger ones into files (house rule 2)."""
LEVEL = 3

_local = threading.local()


class Changed(Exception):
    """The stored octets no longer give the hash that is their name: disk fault or tampering. `sha256` names them."""

    def __init__(self, sha256: str) -> None:
        super().__init__(f"evidence {sha256} was changed: its octets no longer match its name")
        self.sha256 = sha256


@dataclass(frozen=True, slots=True)
class Prepared:
    """What `store.put` needs of a body. `data` is None where the file is written already."""

    sha256: str
    size: int
    codec: str
    data: bytes | None


def sha256_of(raw: bytes) -> str:
    """Return the name of these octets: their SHA-256 as 64 hex digits."""
    return hashlib.sha256(raw).hexdigest()


def compress(raw: bytes) -> bytes:
    """Return the octets as one zstd frame that states its own size."""
    compressor = getattr(_local, "compressor", None)
    if compressor is None:  # a compressor must not be shared between threads
        compressor = _local.compressor = zstandard.ZstdCompressor(level=LEVEL)
    packed: bytes = compressor.compress(raw)
    return packed


def expand(data: bytes, size: int) -> bytes:
    """Return the octets of a zstd frame, never more than `size`. Raises ValueError where the frame is damaged."""
    try:
        if zstandard.frame_content_size(data) != size:
            raise ValueError("the frame states another size than the row")
        return zstandard.ZstdDecompressor().decompress(data, max_output_size=max(size, 1))
    except zstandard.ZstdError as e:
        raise ValueError("damaged frame") from e


def prepare(raw: bytes, root: Path) -> Prepared:
    """Hash and compress a body; a large one is written durably to its file below `root`, before any transaction.

    Needs no database and may run in any thread. Raises OSError where a file cannot be written.
    """
    sha256 = sha256_of(raw)
    packed = compress(raw)
    if len(raw) > IN_ROW_MAX:
        files.write(root, sha256, packed)
        return Prepared(sha256, len(raw), "file", None)
    if len(packed) < len(raw):
        return Prepared(sha256, len(raw), "zstd", packed)
    return Prepared(sha256, len(raw), "raw", bytes(raw))


def restore(sha256: str, size: int, codec: str, data: bytes | memoryview | None, root: Path) -> bytes:
    """Return the octets of a stored body after checking them against their name.

    Raises FileNotFoundError where its file is missing, Changed where the octets do not match.
    """
    if codec == "file":
        data = files.path_of(root, sha256).read_bytes()
    packed = bytes(data or b"")
    try:
        raw = packed if codec == "raw" else expand(packed, size)
    except ValueError as e:
        raise Changed(sha256) from e
    if len(raw) != size or sha256_of(raw) != sha256:
        raise Changed(sha256)
    return raw
