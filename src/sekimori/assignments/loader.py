"""Load files of a source: block by block, each block one transaction with its mark, so that a kill loses and doubles nothing."""

from __future__ import annotations

import gzip
import json
import shutil
import tempfile
import zlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from django.db import transaction

from sekimori.assignments.apply import Clocks, apply, end_silent
from sekimori.assignments.events import HELD, LOST, Context, Event, Refusal
from sekimori.assignments.health import pulse_of, save_pulse
from sekimori.assignments.marks import Mark, find
from sekimori.assignments.rules.store import add_rules
from sekimori.assignments.sources.contract import Source
from sekimori.assignments.store.interface import Store

BLOCK = 1 << 20
MAX_RECORD = 16 << 20
"""A record longer than this is no record: it is refused and skipped."""
MAX_REFUSED_BYTES = 4000
AHEAD_US = 86_400_000_000
"""A record more than a day ahead of our clock is wrong (RADIUS: by the server's clock, not the device's)."""
GZIP = b"\x1f\x8b"


@dataclass(slots=True)
class Loaded:
    """What a load did; printed as one JSON line."""

    read: int = 0
    """Records read (lines, RADIUS packets, leases)."""
    stored: int = 0
    """Rows and rules that are new or got their end."""
    refused: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    ignored: int = 0
    """Lines that speak of something else."""
    pending_bytes: int = 0
    """An unfinished record at the end of a file: read when it is whole."""
    refused_file: str = ""


class Unreadable(Exception):
    """The file cannot be understood without more settings; nothing of it was stored. The text is one line for a person."""


NEEDS = {
    "no_zone": "its times state no zone: give --set zone=+09:00 (or UTC …)",
    "bad_pattern": "--set pattern= is no regular expression",
    "bad_map": "--set map= is rfc, juniper, or numbers such as 14:start,15:stop",
}
"""Refusals that settings can cure: where nothing else was read, the load stops instead of passing the file by."""


class Loader:
    """One load command: a source, its options, and the feed that the files belong to."""

    def __init__(
        self, store: Store, source: Source, options: Mapping[str, str], refused_folder: Path, now: Callable[[], int]
    ) -> None:
        self.store, self.source, self.options = store, source, dict(options)
        self.feed = self.options.pop("feed", "") or source.name
        self.refused_folder, self.now = refused_folder, now
        self.total = Loaded()
        self._clocks = Clocks(self.feed)

    def load(self, path: Path) -> None:
        """Read a file from where the last load of it ended; a gzip file is read as what is in it.

        Raises OSError where it cannot be opened, Unreadable where a setting is missing.
        """
        with path.open("rb") as file:
            if file.read(2) != GZIP:
                self._load(path, file)
                return
        with tempfile.TemporaryFile(dir=self.refused_folder.parent) as plain:  # in the data folder: it holds protected data
            try:
                with gzip.open(path) as packed:
                    shutil.copyfileobj(packed, plain, BLOCK)
            except (EOFError, gzip.BadGzipFile, zlib.error) as e:
                raise Unreadable(f"{path}: damaged gzip file") from e
            self._load(path, plain)

    def _load(self, path: Path, file: BinaryIO) -> None:
        mark = find(self.feed, str(path), file, self.now())
        context = Context(self.options, self.now(), mark.state)
        offset = mark.offset
        refused = self._refused_before(mark)
        while True:
            block, end = self._block(file, offset)
            if not block:
                break
            self._apply(block, offset, end, context, mark, file, refused)
            offset = end
        file.seek(0, 2)
        self.total.pending_bytes += file.tell() - offset
        self.total.ignored += context.ignored
        self._end_silent()

    def _end_silent(self) -> None:
        pulse = pulse_of(self.feed)
        if self.source.continuous and pulse.last is not None:
            end_silent(self.store, self.feed, pulse.last, pulse.interim, self.now())

    def _block(self, file: BinaryIO, offset: int) -> tuple[bytes, int]:
        """Return whole records from `offset` on, and where they end; nothing where no record is whole."""
        separator, size = self.source.separator, BLOCK
        while True:
            file.seek(offset)
            data = file.read(size)
            if len(data) < size and (self.source.whole or self.options.get("final") == "yes"):
                return data, offset + len(data)
            cut = data.rfind(separator)
            if cut < 0 and separator == b"\n\n":
                separator = b"\n\r\n"
                cut = data.rfind(separator)
            if cut >= 0:
                end = cut + len(separator)
                return data[:end], offset + end
            if len(data) < size:
                return b"", offset
            if size >= MAX_RECORD:
                return data, offset + len(data)
            size *= 4

    def _apply(self, block: bytes, start: int, end: int, context: Context, mark: Mark, file: BinaryIO, refused: Path) -> None:
        now = self.now()
        before = dict(context.state)
        read = self.source.parse(block, context)
        events, ahead = _without_future(read.events, now)
        read = read._replace(events=events, refused=read.refused + ahead)
        missing = next((r.reason for r in read.refused if r.reason in NEEDS), None)
        if missing and not read.events and not read.rules:
            raise Unreadable(f"{mark.row.path}: {NEEDS[missing]}")
        pulse = pulse_of(self.feed)
        try:
            with transaction.atomic():
                done = apply(self.store, self.feed, self.source.name, read.events, self._clocks, pulse, now)
                rules = add_rules(read.rules, self.feed, now)
                for interval in done.intervals:
                    pulse.alive(interval)
                self._clocks.save()
                save_pulse(self.feed, self.source.name, self.options.get("realm", ""), self.source.continuous, pulse, now)
                self._refuse(read.refused, refused, str(mark.row.path), start)
                mark.save(file, end, context.state, now)
        except BaseException:
            self._clocks.forget()
            context.state = before
            raise
        self.total.read += read.records
        self.total.stored += done.appended + done.changed + rules
        self.total.refused += len(read.refused)
        self.total.reasons.update(r.reason for r in read.refused)

    def _refused_before(self, mark: Mark) -> Path:
        """Return the file for refused rows of a file, without the rows of blocks that will be read again."""
        path = self.refused_folder / f"{self.feed}-{mark.row.head[:16]}.jsonl".replace("/", "_")
        if path.exists():
            kept = [line for line in path.read_text(encoding="utf-8").splitlines(keepends=True) if _block_of(line) < mark.offset]
            path.write_text("".join(kept), encoding="utf-8")
        return path

    def _refuse(self, refused: Sequence[Refusal], path: Path, name: str, start: int) -> None:
        """Keep what could not be used. Written before the block's COMMIT: after a kill it is written again, not lost."""
        if not refused:
            return
        self.refused_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with path.open("a", encoding="utf-8") as out:
            path.chmod(0o600)
            for refusal in refused:
                entry: dict[str, Any] = {
                    "block": start, "reason": refusal.reason, "line": refusal.raw[:MAX_REFUSED_BYTES].decode("utf-8", "replace"), "file": name,
                }
                out.write(json.dumps(entry, ensure_ascii=False) + "\n")
        self.total.refused_file = str(path)


def _without_future(events: list[Event], now: int) -> tuple[list[Event], list[Refusal]]:
    """Split off records from the future: one of them would make the feed look silent until then."""
    late = now + AHEAD_US
    if not any((e.time if e.seen is None else e.seen) > late for e in events if e.act not in {HELD, LOST}):
        return events, []
    kept, ahead = [], []
    for e in events:
        if e.act not in {HELD, LOST} and (e.time if e.seen is None else e.seen) > late:
            ahead.append(Refusal("in_the_future", repr(e).encode("utf-8", "replace")))
        else:
            kept.append(e)
    return kept, ahead


def _block_of(line: str) -> int:
    try:
        return int(json.loads(line)["block"])
    except (ValueError, KeyError, TypeError):
        return -1
