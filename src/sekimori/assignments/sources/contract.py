"""What a source is: a folder with a pure parser, and this description of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sekimori.assignments.events import Context, Read

Parse = Callable[[bytes, Context], Read]
"""Reads a block of whole records. Never raises; what it cannot use is a Refusal."""


@dataclass(frozen=True, slots=True)
class Source:
    """A kind of file that `assignments load` understands."""

    name: str
    parse: Parse
    separator: bytes = b"\n"
    """What stands at the end of every record: files are cut there, and an unfinished record waits for its end."""
    retention: str = "connection"
    """`connection nat static`: which period of the retention policy applies."""
    continuous: bool = True
    """A log: silence is a sign of illness. False: a table."""
    kinds: tuple[str, ...] = ()
    """Kinds of network (`network load`) that it answers for."""
    options: frozenset[str] = frozenset()
    """Names that `--set` may give; a name ending in `@` takes a suffix (`realm@192.0.2.1`)."""
    whole: bool = False
    """A snapshot: the file is the present truth as a whole, and the last record needs no separator after it."""
