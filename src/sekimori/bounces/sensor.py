"""Unknown-user rates of logins: mass unknown users are abuse, a forwarding to a dead address is innocent. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

WINDOW_S = 3_600
"""Seconds over which a rate is taken."""
FEWEST = 30
"""Unknown users in the window below which nobody is suspected."""
SHARE = 0.2
"""Share of unknown users among the recipients from which lists are bad or bought (large receivers block from 10–15 %)."""
SAME = 0.9
"""Share of single-recipient mails from which a run of failures looks like a forwarding."""


@dataclass(frozen=True, slots=True)
class Handed:
    """One submission as the log has it. `time` in microseconds since 1970."""

    login: str
    time: int
    recipients: int
    unknown_users: int
    distinct: str = ""
    """A keyed hash of the failed recipient where there is exactly one, else ""."""


@dataclass(frozen=True, slots=True)
class Suspicion:
    """What the sensor says of a login."""

    login: str
    kind: Literal["mass_unknown", "dead_forwarding"]
    first: int
    last: int
    recipients: int
    unknown_users: int

    @property
    def share(self) -> float:
        """Unknown users among the recipients, 0…1."""
        return self.unknown_users / self.recipients if self.recipients else 0.0


def suspicions(rows: Iterable[Handed], *, window_s: int = WINDOW_S, fewest: int = FEWEST, share: float = SHARE) -> list[Suspicion]:
    """Return at most one suspicion for each login: its worst window.

    Rows of any order. `dead_forwarding`: nearly all failures go one at a time to one and the same recipient: the member's
    own forwarding points to an address that no longer exists; nobody did harm, and the remedy is to correct it.
    """
    by_login: dict[str, list[Handed]] = {}
    for row in rows:
        if row.login and row.recipients > 0:
            by_login.setdefault(row.login, []).append(row)
    return [
        found
        for login, handed in sorted(by_login.items())
        if (found := _worst(login, sorted(handed, key=lambda h: h.time), window_s * 1_000_000, fewest, share))
    ]


def _worst(login: str, rows: list[Handed], window: int, fewest: int, share: float) -> Suspicion | None:
    best: Suspicion | None = None
    low = recipients = unknown = 0
    for high, row in enumerate(rows):
        recipients += row.recipients
        unknown += row.unknown_users
        while rows[low].time < row.time - window:
            recipients -= rows[low].recipients
            unknown -= rows[low].unknown_users
            low += 1
        if unknown >= fewest and unknown >= share * recipients and (best is None or unknown > best.unknown_users):
            failed = [r for r in rows[low : high + 1] if r.unknown_users]
            same = {r.distinct for r in failed if r.recipients == 1 and r.distinct}
            single = sum(r.recipients == 1 and bool(r.distinct) for r in failed)
            kind: Literal["mass_unknown", "dead_forwarding"] = (
                "dead_forwarding" if len(same) == 1 and single >= SAME * len(failed) else "mass_unknown"
            )
            best = Suspicion(login, kind, rows[low].time, row.time, recipients, unknown)
    return best
