"""Which parts of our knowledge named a contract, as narrow as the proof tells: a rule, a feed's device, a relay, a login's row. Pure.

An incident freezes these parts and nothing beside them; a proof that names only a feed freezes the feed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sekimori.attribution.types import ALWAYS, NEVER

US_PER_DAY = 86_400_000_000
BEFORE_US = 7 * US_PER_DAY
"""How long before a wrong record the same device, feed or relay is doubted too: a wrong clock or export is seldom found on its first day."""
LONGEST = 120


@dataclass(frozen=True, slots=True)
class Part:
    """One part of what named a contract, and the event times (microseconds, ends included) for which it is in question."""

    source: str
    """`radius:bng-east/bng1` (feed and device), `radius:bng-east` (feed only), `mape:rule 12`, `submission:relay1`, `key:17`."""
    lo: int = ALWAYS
    hi: int = NEVER
    kind: str = "feed"
    """`rule device feed relay key way`: `feed` and `way` are wide, the rest is one thing that an officer can mend."""

    @property
    def wide(self) -> bool:
        """Whether the proof told no more than the feed, or only the way of attribution."""
        return self.kind in ("feed", "way")


def parts(how: str, proof: Mapping[str, Any]) -> tuple[Part, ...]:
    """Return what named the contract of a proof, the first step first; never empty. `proof` is one of attribution.proof, or {}.

    Rules, devices (else their feeds) and relays of every trail that led to the contract. Only where there is none of them:
    the row that gave the login to the contract, and at last the way of attribution itself.
    """
    found: dict[str, Part] = {}
    keys: dict[str, Part] = {}
    for kind, detail in _steps(proof):
        part = _part(kind, detail, how)
        if part is not None:
            (keys if part.kind == "key" else found).setdefault(part.source, part)
    return tuple((found or keys).values()) or (Part(how, kind="way"),)


def _steps(proof: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    contract = proof.get("contract")
    for reading in proof.get("readings") or ():
        for trail in reading.get("verdict", {}).get("trails", ()):
            if trail.get("contract") == contract:
                yield from ((s["kind"], s["detail"]) for s in trail.get("steps", ()) if s["detail"])


def _part(kind: str, detail: Mapping[str, Any], how: str) -> Part | None:
    if kind == "row":
        feed, device = str(detail["feed"]), str(detail["device"])
        name = f"{detail['source']}:{feed}/{device}" if device else f"{detail['source']}:{feed}" if feed else str(detail["source"])
        return Part(_short(name), int(detail["start"]) - int(detail["start_error_us"]) - BEFORE_US, kind="device" if device else "feed")
    if kind == "rule":
        return Part(_short(f"{detail['kind']}:rule {detail['rule']}"), int(detail["valid_from"]) or ALWAYS, min(int(detail["valid_to"]), NEVER), "rule")
    if kind == "submission":
        return Part(_short(f"{how}:{detail['host']}"), int(detail["time"]) - BEFORE_US, kind="relay")
    if kind == "owner" and detail.get("key") is not None:
        return Part(f"key:{detail['key']}", int(detail["lo"]), int(detail["hi"]), "key")
    return None


def _short(name: str) -> str:
    """Two long names that begin alike stay two."""
    if len(name) <= LONGEST:
        return name
    from hashlib import sha256

    return f"{name[:LONGEST - 13]}~{sha256(name.encode()).hexdigest()[:12]}"
