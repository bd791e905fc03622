"""Zip and gzip from strangers: streamed, with a hard limit on what comes out; one level, at most 100 entries.

Limits: reliability.md §3. Sizes in headers are never believed; an entry that overruns is an `archive_refused`.
"""

from __future__ import annotations

import io
import itertools
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

MAX_ENTRIES = 100
MAX_OUT = 1_000_000_000
"""Octets that may come out of one archive: a national Shadowserver day is far below, a bomb is far above."""
MAX_RATIO = 400
"""Output per input octet beyond the first 100 MB: CSV deflates 5–30 times, a bomb 1,000 times."""
FREE = 100_000_000
CHUNK = 262_144


class Refused(Exception):
    """The archive is no honest one; `code` says why (`ratio size entries encrypted nested broken`)."""

    def __init__(self, code: str) -> None:
        super().__init__("archive_refused:" + code)
        self.code = "archive_refused:" + code


@dataclass(slots=True)
class Entry:
    """One file of an archive; `stream` may be read once."""

    name: str
    stream: BinaryIO


class _Limited(io.RawIOBase):
    """A stream that counts what comes out and stops an overrun."""

    def __init__(self, source: BinaryIO, packed: int) -> None:
        super().__init__()
        self.source = source
        self.packed = max(packed, 1)
        self.out = 0

    def readable(self) -> bool:
        return True

    def readinto(self, b: object) -> int:
        view = memoryview(b)  # type: ignore[arg-type]
        try:
            data = self.source.read(len(view))
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError) as e:
            raise Refused("encrypted" if "encrypt" in str(e) or "password" in str(e) else "broken") from None
        self.out += len(data)
        if self.out > MAX_OUT:
            raise Refused("size")
        if self.out > FREE and self.out > self.packed * MAX_RATIO:
            raise Refused("ratio")
        view[:len(data)] = data
        return len(data)


def zip_entries(source: BinaryIO, size: int) -> Iterator[Entry]:
    """Yield the files of a zip in order. Raises Refused. Folders, links and nested archives are passed over or refused."""
    try:
        archive = zipfile.ZipFile(source)
        infos = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError, RuntimeError, IndexError):
        raise Refused("broken") from None
    if len(infos) > MAX_ENTRIES:
        raise Refused("entries")
    spans = sorted((i.header_offset, i.header_offset + i.compress_size) for i in infos)
    if any(a[1] > b[0] for a, b in itertools.pairwise(spans)):
        raise Refused("overlap")
    for info in infos:
        if info.is_dir() or (info.external_attr >> 16) & 0o170000 == 0o120000:
            continue
        if info.flag_bits & 1:
            raise Refused("encrypted")
        if info.file_size > MAX_OUT:
            raise Refused("size")
        try:
            stream = archive.open(info)
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, RuntimeError, EOFError):
            raise Refused("broken") from None
        limited = _Limited(stream, min(info.compress_size, size))  # type: ignore[arg-type]
        yield Entry(info.filename, io.BufferedReader(limited, CHUNK))


class _Gunzip(io.RawIOBase):
    """Gzip with several members and trailing rubbish; never believes a length."""

    def __init__(self, source: BinaryIO) -> None:
        super().__init__()
        self.source = source
        self.engine = zlib.decompressobj(31)
        self.pending = b""
        self.started = False

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        """Return up to `size` octets of output, b"" at the end."""
        size = CHUNK if size is None or size < 0 else size
        while True:
            if not self.pending:
                self.pending = self.source.read(65_536)
                if not self.pending:
                    return self.engine.flush() if self.started and not self.engine.eof else b""
            try:
                data = self.engine.decompress(self.pending, size)
            except zlib.error:
                if self.started and self.engine.eof:
                    return b""
                raise
            self.started = True
            self.pending = self.engine.unconsumed_tail
            if self.engine.eof:
                rest = self.engine.unused_data
                if rest[:2] == b"\x1f\x8b":
                    self.engine = zlib.decompressobj(31)
                    self.pending = rest
                else:
                    self.pending = b""
                    if not data:
                        return b""
            if data:
                return data


def gzip_stream(source: BinaryIO, size: int) -> BinaryIO:
    """Return a stream over the content of a gzip file. Reading raises Refused on an overrun or broken data."""
    limited = _Limited(_Gunzip(source), size)  # type: ignore[arg-type]
    return io.BufferedReader(limited, CHUNK)
