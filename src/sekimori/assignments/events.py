"""What a parser makes of a record: an event. Pure values; what they mean for the rows is `tracker`'s business."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

START, ALIVE, STOP, RESET, HELD, LOST = range(6)
"""RADIUS Start and NAT allocation · Interim and renewal · Stop and release · device rebooted · a whole interval at once ·
an end that somebody invented afterwards (a clean-up script): only a bound."""


class Key(NamedTuple):
    """What is held: K, its size (`types.Probe.size`), and the protocol (0 = all)."""

    key: int
    size: int = 0
    proto: int = 0


class Event(NamedTuple):
    """One record. Times are microseconds UTC, by the device's own clock unless said otherwise."""

    act: int
    time: int
    holder: str = ""
    keys: tuple[Key, ...] = ()
    device: str = ""
    session: str = ""
    """The device's id of the binding; with `device` it names one session."""
    realm: str = ""
    seen: int | None = None
    """When our collector got the record, by its own clock, less the delay that the record states."""
    began: int | None = None
    """When the binding began, where the record says so (session time, epoch, duration)."""
    until: int | None = None
    """Leases: valid until then unless renewed. `HELD`: the end, or None."""
    line: str = ""
    """The access line (NAS port and login): a new session there ends the old one."""
    fixed: bool = True
    """`began` speaks of these very keys; False: of a session that may have had others before (RADIUS session time)."""
    error: int = 1_000_000
    """Resolution of `time` in microseconds."""


class Refusal(NamedTuple):
    """A record that we could not use: counted, and kept for a person in the file of refused rows."""

    reason: str
    """Stable code (`no_address`, `bad_time` …)."""
    raw: bytes


@dataclass(slots=True)
class Context:
    """What a parser may know besides the bytes. `state` survives between blocks of a file and is kept with its mark."""

    options: Mapping[str, str] = field(default_factory=dict)
    now: int = 0
    """The present instant in microseconds: which year a syslog line without one means."""
    state: dict[str, Any] = field(default_factory=dict)
    ignored: int = 0
    """Lines that speak of something else, as logs do."""


class RuleRow(NamedTuple):
    """A rule of a computed source, as its table states it."""

    kind: str
    prefix: str
    params: Mapping[str, Any]
    valid_from: int | None
    valid_to: int | None
    realm: str = ""


class Read(NamedTuple):
    """What a parser read from a block of whole records."""

    events: list[Event]
    refused: list[Refusal]
    rules: list[RuleRow]
    records: int


def corrected(event: Event, offset: int, error: int) -> Event:
    """Return an event with its device times moved to our clock and its uncertainty set (microseconds)."""
    return event._replace(
        time=max(0, event.time + offset), error=error,
        began=None if event.began is None else max(0, event.began + offset),
        until=None if event.until is None else max(0, event.until + offset),
    )
