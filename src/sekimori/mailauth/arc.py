"""ARC chains verified (RFC 8617): what earlier receivers attest of a mail that was changed on its way."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from sekimori.mime import Field, Mail

from . import canonical
from .dns import Resolver
from .results import Method, parse_results
from .signatures import Bad, check_header, hash_of, octets, parse_tags

#: sets of one message (RFC 8617 §4.2.1 allows 50; longer than this nobody needs to believe)
MAX_SETS = 20
_INSTANCE = re.compile(r"\s*i\s*=\s*(\d{1,2})\s*(?:;|$)")
_KINDS = ("arc-authentication-results", "arc-message-signature", "arc-seal")


@dataclass(frozen=True, slots=True)
class Arc:
    """`sealers` from first to last; `results` of each set, in the same order: what that sealer says it found."""

    result: Literal["pass", "fail", "none", "temperror"]
    reason: str = ""
    sealers: tuple[str, ...] = ()
    results: tuple[tuple[Method, ...], ...] = field(default=())


def verify(mail: Mail, resolver: Resolver) -> Arc:
    """Return the state of the ARC chain: all seals, and the newest message signature (RFC 8617 §5.2). Never raises."""
    sets: dict[int, dict[str, Field]] = {}
    for f in mail.headers:
        if f.lower not in _KINDS:
            continue
        m = _INSTANCE.match(f.raw[:200].decode("ascii", "replace")) if f.lower == _KINDS[0] else None
        number = int(m[1]) if m else _instance(f)
        if not 1 <= number <= MAX_SETS or f.lower in sets.setdefault(number, {}):
            return Arc("fail", "structure")
        sets[number][f.lower] = f
    if not sets:
        return Arc("none")
    if sorted(sets) != list(range(1, len(sets) + 1)) or any(len(s) != len(_KINDS) for s in sets.values()):
        return Arc("fail", "structure")
    try:
        sealers = tuple(_seal(sets, number, resolver) for number in range(1, len(sets) + 1))
        _message_signature(mail, sets[len(sets)][_KINDS[1]], resolver)
    except Bad as bad:
        return Arc("temperror" if bad.result == "temperror" else "fail", bad.reason)
    return Arc("pass", "", sealers, tuple(tuple(_results(sets[n][_KINDS[0]])) for n in range(1, len(sets) + 1)))


def _instance(f: Field) -> int:
    try:
        number = parse_tags(f.raw).get("i", "")
    except Bad:
        return 0
    return int(number) if number.isascii() and number.isdecimal() and len(number) < 3 else 0


def _seal(sets: dict[int, dict[str, Field]], number: int, resolver: Resolver) -> str:
    """Check one ARC-Seal: it covers all sets up to its own, its own field last (§5.1.1); return the sealing domain."""
    seal = sets[number][_KINDS[2]]
    tags = parse_tags(seal.raw)
    if "h" in tags or any(not tags.get(t) for t in ("a", "b", "cv", "d", "s")):
        raise Bad("permerror", "missing_tag")
    if tags["cv"].lower() != ("none" if number == 1 else "pass"):
        raise Bad("fail", "chain_value")
    covered = [sets[n][kind] for n in range(1, number + 1) for kind in _KINDS if (n, kind) != (number, _KINDS[2])]
    check_header(covered, seal, tags, True, resolver)
    return tags["d"].lower()


def _message_signature(mail: Mail, signature: Field, resolver: Resolver) -> None:
    tags = parse_tags(signature.raw)
    names = [n.strip().lower() for n in tags.get("h", "").split(":", 200)]
    if any(not tags.get(t) for t in ("a", "b", "bh", "d", "h", "s")) or "arc-seal" in names or "from" not in names:
        raise Bad("permerror", "missing_tag")
    head, _, rest = tags.get("c", "relaxed/relaxed").lower().partition("/")
    if head not in ("simple", "relaxed") or rest not in ("", "simple", "relaxed"):
        raise Bad("permerror", "canonicalization")
    if hash_of(tags)(canonical.body(mail.root.body, rest == "relaxed")).digest() != octets(tags["bh"]):
        raise Bad("fail", "body_hash")
    check_header(canonical.select([f for f in mail.headers if f is not signature], names), signature, tags, head == "relaxed", resolver)


def _results(f: Field) -> list[Method]:
    text = f.raw.decode("utf-8", "replace")
    return parse_results(text.partition(";")[2])[1]
