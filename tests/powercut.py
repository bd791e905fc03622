"""Plays a power cut at any point of a journal of file changes (tests/crash/journal.c). Pure but for writing the result.

The model is the hardest that POSIX allows: of a file only what was synced survives, of a folder only the names that stood in it when
the folder itself was synced. Between the two extremes each later write may or may not have reached the disk, torn at a sector.
"""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

HEAD = struct.Struct("<cHQI")
SECTOR = 512


@dataclass(frozen=True, slots=True)
class Change:
    """One record of the journal."""

    op: str
    path: str
    offset: int
    data: bytes


@dataclass
class Inode:
    """A file: what is on the disk, and what was written since its last sync."""

    durable: bytearray = field(default_factory=bytearray)
    pending: list[Change] = field(default_factory=list)

    def sync(self) -> None:
        for change in self.pending:
            apply(self.durable, change)
        self.pending = []

    def content(self, rnd: random.Random | None) -> bytes:
        """The octets after the cut: only what is durable, or with some of the pending writes, in any order and torn."""
        if rnd is None:
            return bytes(self.durable)
        octets = bytearray(self.durable)
        for change in self.pending:
            if rnd.random() < 0.5:
                torn = rnd.random() < 0.3 and len(change.data) > SECTOR
                keep = rnd.randrange(1, len(change.data) // SECTOR + 1) * SECTOR if torn else len(change.data)
                apply(octets, Change(change.op, change.path, change.offset, change.data[:keep]))
        return bytes(octets)


def apply(octets: bytearray, change: Change) -> None:
    """Do one write or truncation."""
    if change.op == "T":
        del octets[change.offset:]
    end = change.offset + len(change.data)
    if len(octets) < end or (change.op == "T" and len(octets) < change.offset):
        octets.extend(b"\0" * (max(end, change.offset) - len(octets)))
    if change.op == "W":
        octets[change.offset:end] = change.data


def read(journal: Path) -> Iterator[Change]:
    """Yield the records of a journal; a half-written last one is left out."""
    raw = journal.read_bytes()
    at = 0
    while at + HEAD.size <= len(raw):
        op, path_length, offset, data_length = HEAD.unpack_from(raw, at)
        at += HEAD.size
        if at + path_length + data_length > len(raw):
            return
        path = raw[at:at + path_length].decode()
        at += path_length
        yield Change(op.decode(), path.removesuffix(" (deleted)"), offset, raw[at:at + data_length])
        at += data_length


class Disk:
    """The files of a folder, as the running system sees them and as the disk has them."""

    def __init__(self, base: Path, mounted_at: str) -> None:
        self.root = mounted_at
        self.now: dict[str, Inode] = {}
        self.kept: dict[str, Inode] = {}
        for path in base.rglob("*"):
            if path.is_file():
                self.now[f"{mounted_at}/{path.relative_to(base)}"] = Inode(bytearray(path.read_bytes()))
        self.kept = dict(self.now)
        self.folders = {f"{mounted_at}/{p.relative_to(base)}" for p in base.rglob("*") if p.is_dir()} | {mounted_at}
        self.kept_folders = set(self.folders)
        self.acknowledged: list[int] = []

    def do(self, change: Change) -> None:
        """Take one record."""
        match change.op:
            case "W" | "T":
                self.now.setdefault(change.path, Inode()).pending.append(change)
            case "S" if change.path in self.folders:
                self._sync_folder(change.path)
            case "S":
                self.now.setdefault(change.path, Inode()).sync()
            case "R":
                self.now[change.data.decode()] = self.now.pop(change.path)
            case "U":
                self.now.pop(change.path, None)
            case "M":
                self.folders.add(change.path)
            case "A":
                self.acknowledged.append(change.offset)

    def _sync_folder(self, folder: str) -> None:
        def inside(path: str) -> bool:
            return path.rpartition("/")[0] == folder

        self.kept = {p: i for p, i in self.kept.items() if not inside(p)} | {p: i for p, i in self.now.items() if inside(p)}
        self.kept_folders = {f for f in self.kept_folders if not inside(f)} | {f for f in self.folders if inside(f)}

    def after_cut(self, target: Path, rnd: random.Random | None = None) -> None:
        """Write what the disk holds after a cut now; with `rnd`, one of the many in-between states."""
        target.mkdir(parents=True)
        for path, inode in self.kept.items():
            parent = path.rpartition("/")[0]
            if parent in self.kept_folders and not path.endswith("-shm"):
                place = target / path.removeprefix(self.root + "/")
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(inode.content(rnd))
