"""The files door: mail files, mboxes, maildirs, folders of them, and standard input."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from sekimori.intake.arrival import Arrival, Ready, prepare, recipients_of, sender_of
from sekimori.intake.ours import Ours
from sekimori.intake.receive import receive_all
from sekimori.mime import read
from sekimori.mime.multi import detect, split_mbox
from sekimori.values.clock import Clock

FILE_MAX = 200_000_000
"""Report files (CSV, ZIP, JSON) may be larger than mail; a file is held in memory once."""
GROUP_MAX = 100
GROUP_OCTETS = 32_000_000
_HEAD = 65_536


@dataclass(slots=True)
class Taken:
    """What became of the files: counts, and each refused file with its reason."""

    read: int = 0
    stored: int = 0
    refused: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    refused_files: list[tuple[str, str]] = field(default_factory=list)

    def refuse(self, name: str, reason: str) -> None:
        """Count a file that was not taken."""
        self.refused += 1
        self.reasons[reason] += 1
        self.refused_files.append((name, reason))


@dataclass(frozen=True, slots=True)
class Found:
    """One message or report file: its octets and the name to show."""

    name: str
    raw: bytes


def walk(paths: Iterable[str]) -> Iterator[str]:
    """Yield every regular file of the paths, folders walked in order; a maildir's tmp/ is passed over (unfinished)."""
    for given in paths:
        if given == "-" or not Path(given).is_dir():
            yield given
            continue
        for folder, folders, names in os.walk(given):
            is_maildir = {"cur", "new", "tmp"} <= set(folders)
            folders[:] = sorted(f for f in folders if not (is_maildir and f == "tmp"))
            for name in sorted(names):
                path = Path(folder) / name
                if path.is_file() and not path.is_symlink():
                    yield str(path)


def messages(name: str, stdin: BinaryIO, mail_max: int, taken: Taken) -> Iterator[Found]:
    """Yield the messages of one file; what cannot be taken is counted in `taken` with its reason."""
    try:
        if name == "-":
            yield from _one("-", stdin.read(FILE_MAX + 1), mail_max, taken)
            return
        with Path(name).open("rb") as file:
            head = file.read(_HEAD)
            file.seek(0)
            if detect(head) == "mbox":
                for number, entry in enumerate(split_mbox(file, mail_max)):
                    if entry.cut:
                        taken.refuse(f"{name}#{number}", "over_limit:message")
                    else:
                        yield Found(f"{name}#{number}", entry.raw)
                return
            if os.fstat(file.fileno()).st_size > FILE_MAX:
                taken.refuse(name, "over_limit:file")
                return
            yield from _one(name, file.read(FILE_MAX + 1), mail_max, taken)
    except OSError as e:
        taken.refuse(name, (e.strerror or "unreadable").lower().replace(" ", "_"))


def _one(name: str, raw: bytes, mail_max: int, taken: Taken) -> Iterator[Found]:
    if not raw:
        taken.refuse(name, "empty")
    elif len(raw) > FILE_MAX or (len(raw) > mail_max and detect(raw[:_HEAD]) == "mail"):
        taken.refuse(name, "over_limit:file" if len(raw) > FILE_MAX else "over_limit:message")
    else:
        yield Found(name, raw)


def take(paths: Iterable[str], *, stdin: BinaryIO, ours: Ours, clock: Clock, mail_max: int) -> Taken:
    """Keep all messages of these paths, a group in each COMMIT. Repeating it stores nothing twice.

    Raises what disk and database raise; what was committed before stays.
    """
    taken = Taken()
    group: list[Ready] = []
    octets = 0
    for name in walk(paths):
        for found in messages(name, stdin, mail_max, taken):
            taken.read += 1
            mail = read(found.raw)
            arrival = Arrival(found.raw, sender_of(mail), recipients_of(mail, ours), "file", "", clock.now())
            group.append(prepare(arrival, ours))
            octets += group[-1].weight
            if len(group) >= GROUP_MAX or octets >= GROUP_OCTETS:
                receive_all(group)
                taken.stored += len(group)
                group, octets = [], 0
    receive_all(group)
    taken.stored += len(group)
    return taken
