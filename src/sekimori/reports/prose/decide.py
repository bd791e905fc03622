"""Whose address is the source: decided from the evidence, or left to a person. A wrong address is worse than no answer."""

from __future__ import annotations

from dataclasses import dataclass, field

from sekimori.reports.common.addresses import as_address
from sekimori.reports.contract import Context
from sekimori.reports.prose.labels import ATTACKER, RELAY, VICTIM
from sekimori.reports.prose.weigh import Place, Weighed

THRESHOLD = 0.6
"""Below it a person looks. Chosen on the development set: at 0.6 none of its reports names a wrong address."""


PLAIN = 0.8
"""Evidence of this strength names the attacker outright: a log line, a column, a label."""
UNSURE = 0.45
NOBODY = frozenset({"private", "shared", "loopback", "link_local", "unspecified", "multicast", "reserved"})
"""Special addresses that no stranger can have seen: only where the words name one is it taken."""


@dataclass(slots=True)
class Decision:
    """The sources with their confidence, or why a person must look (`reason`, a stable word)."""

    sources: dict[str, float] = field(default_factory=dict)
    reason: str = ""


def decide(weighed: Weighed, subject: Weighed, ctx: Context, reporters: frozenset[str], *, complains: bool) -> Decision:
    """Return the decision over text and subject.

    `reporters` are addresses that the report's own delivery names (the reporter's servers); `complains` tells whether the
    text reads like a complaint at all.
    """
    places = weighed.by_ip()
    for ip, more in subject.by_ip().items():
        for p in more:
            if complains and p.role == "" and not p.mention.prefix and not p.mention.in_url:
                # An address in the subject of a complaint is the accused, unless the words say otherwise.
                p.role, p.weight, p.how = ATTACKER, 0.65, "subject"
        places.setdefault(ip, [])
        places[ip] = more + places[ip]
    scores = {ip: _score(found) for ip, found in places.items() if any(not p.mention.prefix for p in found)}
    if not scores:
        return Decision(reason="no_address")
    accused = {ip: s for ip, (s, v, _) in scores.items() if s >= THRESHOLD and s > v}
    if accused and max(accused.values()) >= PLAIN:
        # Beside one that is plainly accused, a bare "from" accuses nobody ("downloaded from X by the bot Y").
        # One of ours stays, too unsure to go on without a person.
        accused = {ip: s if s > THRESHOLD else UNSURE for ip, s in accused.items() if s > THRESHOLD or (ctx.ours is not None and _is_ours(ip, ctx))}
    torn = [ip for ip, (s, v, _) in scores.items() if s >= THRESHOLD and v >= THRESHOLD and abs(s - v) < 0.25]
    if torn:
        logged = [ip for ip in torn if ip in weighed.log_lines]
        if len(logged) != len(torn):
            return Decision(reason="roles_contradict")
    if accused:
        return _check_ours(accused, scores, ctx)
    plain = [ip for ip, (s, v, r) in scores.items() if v < 0.5 and r < 0.3 and not any(p.mention.in_url for p in places[ip])
             and places[ip][0].mention.special not in NOBODY]
    public = [ip for ip in plain if ip not in reporters or places[ip][0].mention.special]
    if ctx.ours is not None:
        ours = [ip for ip in public if _is_ours(ip, ctx)]
        if len(ours) == 1 and complains:
            return Decision({ours[0]: 0.7})
    if len(public) == 1 and len(plain) == 1 and complains:
        if ctx.ours is not None and not _is_ours(public[0], ctx):
            return Decision(reason="not_ours_unlabelled")
        return Decision({public[0]: 0.65})
    if len(places) > 1:
        return Decision(reason="several_addresses")
    return Decision(reason="role_unknown")


def _score(found: list[Place]) -> tuple[float, float, float]:
    """Return (attacker, victim, relay) strengths: the best evidence of each, a little more for repetition by other means."""
    best = {ATTACKER: 0.0, VICTIM: 0.0, RELAY: 0.0}
    ways: dict[str, set[str]] = {ATTACKER: set(), VICTIM: set(), RELAY: set()}
    for p in found:
        if p.role and not p.mention.prefix:
            best[p.role] = max(best[p.role], p.weight)
            ways[p.role].add(p.how.split(":")[0])
    return tuple(min(0.98, b + 0.04 * (len(ways[r]) - 1)) if b else 0.0 for r, b in best.items())  # type: ignore[return-value]


def _is_ours(ip: str, ctx: Context) -> bool:
    address = as_address(ip)
    return address is not None and ctx.ours is not None and ctx.ours(address)


def _check_ours(accused: dict[str, float], scores: dict[str, tuple[float, float, float]], ctx: Context) -> Decision:
    """Return the accused; where only a bystander or victim is ours, the roles may be swapped: a person looks."""
    if ctx.ours is None:
        return Decision(accused)
    if not any(_is_ours(ip, ctx) for ip in accused) and any(_is_ours(ip, ctx) for ip in scores):
        return Decision(reason="accused_is_not_ours_but_another_is")
    return Decision(accused)
