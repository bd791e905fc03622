"""The contract of a report format: what it is given, what it answers. Pure: no Django, no network, no database.

A format looks at an `Item` (one message or one file), says how sure it is that it can read it (`score`), and reads it
into findings. Bad input is data: a format never raises for what it was given; it answers `Read` with its broken rows,
or `Declined` with the reason and the failing field (house rule 3).
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, BinaryIO, Protocol

from sekimori.mime import Mail
from sekimori.values.addresses import Address
from sekimori.values.clock import iso
from sekimori.values.outcomes import Declined

__all__ = ["KINDS", "Broken", "Context", "Declined", "FindingData", "Format", "Item", "Read"]

KINDS = ("report", "not_abuse", "review", "reply", "loop")

HEAD = 65_536
"""Octets of a file that formats may look at to recognise it."""

MEMORY = 32_000_000
"""Files up to this size are held in memory; larger ones are only streamed (mail is at most 30 MB)."""


@dataclass(slots=True)
class FindingData:
    """One observed act, as a reporter states it. Keys are those of the machine interface (interfaces.md)."""

    category: str
    type: str
    source_ip: str | None = None
    source_port: int | None = None
    proto: str | None = None
    login: str | None = None
    queue_id: str | None = None
    message_id: str | None = None
    time: datetime | None = None
    """Aware (UTC) where the zone is known; naive local digits where `zone` is `none`."""
    time_raw: str = ""
    zone: str = "none"
    time_error_s: float | None = None
    confidence: float = 1.0
    spans: list[dict[str, Any]] = field(default_factory=list)
    special: str = ""
    last_time: datetime | None = None
    """The last of several acts told as one (same zone rule as `time`)."""
    count: int = 1
    queue_host: str | None = None
    has_original: bool = False
    """Original headers or log lines are enclosed: evidence grade C needs them."""
    derived: list[str] = field(default_factory=list)
    """Names of the fields that were not stated but worked out (a sparse ARF report traced through its original)."""
    url: str | None = None
    reporter_class: str = ""
    """The sender's own word for it, kept beside ours."""

    def to_json(self) -> dict[str, Any]:
        """Return the finding as the command prints it: times as ISO 8601, UTC with `Z` or local without an offset."""
        return {
            "category": self.category, "type": self.type, "source_ip": self.source_ip,
            "source_port": self.source_port, "proto": self.proto, "login": self.login, "queue_id": self.queue_id,
            "message_id": self.message_id, "time": _instant(self.time), "time_raw": self.time_raw, "zone": self.zone,
            "time_error_s": self.time_error_s, "confidence": round(self.confidence, 3), "spans": self.spans,
            "special": self.special, "last_time": _instant(self.last_time), "count": self.count,
            "queue_host": self.queue_host, "has_original": self.has_original, "derived": self.derived,
            "url": self.url, "reporter_class": self.reporter_class,
        }


def _instant(value: datetime | None) -> str | None:
    if value is None:
        return None
    return value.isoformat() if value.tzinfo is None else iso(value)


@dataclass(slots=True)
class Broken:
    """One row that could not be read, kept with its place so that it can be read again when the reader is better."""

    line: int
    reason: str
    raw: str = ""


@dataclass(slots=True)
class Read:
    """What a format read. `findings` may be a stream: `broken` and `defects` are complete when it has ended."""

    findings: Iterable[FindingData] = ()
    kind: str = "report"
    reason: str = ""
    broken: list[Broken] = field(default_factory=list)
    broken_total: int = 0
    defects: list[str] = field(default_factory=list)
    report_id: str = ""
    """The reporter's own id of this report, for the second layer of duplicates."""
    reporter: str = ""
    """Whom the report itself names as its author (an address or a domain): a claim, never proof."""
    free_text: bool = False
    language: str = ""
    detail: dict[str, Any] = field(default_factory=dict)

    def fault(self, line: int, reason: str, raw: str = "") -> None:
        """Note one broken row: all are counted, the first hundred are kept."""
        self.broken_total += 1
        if len(self.broken) < 100:
            self.broken.append(Broken(line, reason, raw[:500]))


@dataclass(frozen=True, slots=True)
class Context:
    """What a format may know of the world besides the octets."""

    received: datetime | None = None
    """When the message came to us (aware). Gives syslog lines their year; never a zone."""
    ours: Callable[[Address], bool] | None = None
    """Tells whether an address lies in our own prefixes, where that is known: decides roles in free text."""
    relays: frozenset[str] = frozenset()
    """Host names and addresses of our own mail servers: trusted in a Received chain, never a source."""
    learned: tuple[Any, ...] = ()
    """What officers taught about this proven sender's free text (prose.learned.Rule)."""
    is_relay: Callable[[Address], bool] | None = None
    """Tells whether an address lies in a prefix of our own mail servers."""


class Item:
    """One message or file, held in memory up to 32 MB, otherwise only to be streamed."""

    def __init__(self, raw: bytes | None = None, *, filename: str = "", size: int | None = None,
                 opener: Callable[[], BinaryIO] | None = None) -> None:
        """Take the octets, or for large files an `opener` that gives a fresh stream each time it is called."""
        self._raw = raw
        self._opener = opener
        self.filename = filename
        self.size = len(raw) if raw is not None else int(size or 0)

    @property
    def large(self) -> bool:
        """Tell whether the item must be streamed."""
        return self._raw is None

    @property
    def raw(self) -> bytes:
        """Return all octets; empty for a large item (formats that take large ones use `open`)."""
        return self._raw if self._raw is not None else b""

    def open(self) -> BinaryIO:
        """Return a fresh stream over the octets."""
        if self._raw is not None:
            return io.BytesIO(self._raw)
        assert self._opener is not None
        return self._opener()

    @cached_property
    def head(self) -> bytes:
        """Return the first 64 KiB."""
        if self._raw is not None:
            return self._raw[:HEAD]
        with self.open() as f:
            return f.read(HEAD)

    @cached_property
    def mail(self) -> Mail | None:
        """Return the message, or None where the octets don't begin like one."""
        from sekimori.reports.common.sniff import looks_like_mail

        if self._raw is None or not looks_like_mail(self.head):
            return None
        from sekimori.mime import read

        # A byte-order mark before the first field is an editor's, not the sender's; the octets kept are those with it.
        return read(self._raw[3:] if self._raw[:3] == b"\xef\xbb\xbf" else self._raw)

    @cached_property
    def cache(self) -> dict[str, Any]:
        """Work that several formats share on one item (decoded parts, inflated archives), by name."""
        return {}


class Format(Protocol):
    """A reader of one way to report abuse."""

    name: str
    version: str

    def score(self, item: Item) -> int | None:
        """Return how sure the format is (1…100), or None where the item is none of its own. Cheap; reads `head`,
        headers and part types only.
        """
        ...

    def read(self, item: Item, ctx: Context) -> Read | Declined:
        """Read the item. `Declined` with a field means: mine, but invalid there; without one: not mine after all."""
        ...
