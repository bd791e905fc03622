"""The versions of the ladder: drafted, simulated, put in force or discarded; read by every process within a batch.

What is in force is the file DATA/policy/ladder.toml (or the shipped one); the rows keep every text that was, with who and when.
"""

from __future__ import annotations

import hashlib
import os
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from sekimori.enforcement.models_ladder import LadderVersion, SimulatedCase
from sekimori.enforcement.simulate import to_replay
from sekimori.ledger.service import write
from sekimori.policy.files import SHIPPED, place
from sekimori.policy.ladderfile import read_ladder
from sekimori.policy.load import load_ladder
from sekimori.policy.types import Ladder
from sekimori.settings import current
from sekimori.values.actors import Actor
from sekimori.values.clock import micros
from sekimori.values.ids import reference
from sekimori.values.outcomes import Refused
from sekimori.work.columns import DONE, DUE

NAME = "ladder.toml"
OPEN = ("draft", "simulated", "retired")
"""States in which a version waits for an officer; a retired one can be simulated again and come back."""
MOST_DAYS = 366


def in_force() -> str:
    """Return the text of the ladder in force."""
    return place(NAME).read_bytes().decode("utf-8")


def digest(text: str) -> str:
    """Return the SHA-256 of a ladder's text, as rows and ledger name it. Pure."""
    return hashlib.sha256(text.encode()).hexdigest()


def draft(text: str, by: Actor, now: datetime, instead_of: LadderVersion | None = None) -> LadderVersion:
    """Keep a checked text as a draft; with `instead_of` as the new text of that draft, which must be simulated again.

    Raises Refused: `ladder_faults` (see policy.ladderfile), `ladder_version_taken` (another text bears its version, and measures
    name versions), `ladder_not_open` (it is in force, discarded or being simulated).
    """
    rules, _ = read_ladder(text)
    if rules is None:
        raise Refused("ladder_faults", "the text is no whole ladder")
    sha = digest(text)
    others = LadderVersion.objects.filter(version=rules.version).exclude(state="discarded").exclude(sha256=sha)
    if instead_of is not None:
        others = others.exclude(pk=instead_of.pk)
    files = (in_force(), (SHIPPED / NAME).read_text(encoding="utf-8"))
    if others.exists() or any(_version(t) == rules.version and digest(t) != sha for t in files):
        raise Refused("ladder_version_taken", rules.version)
    fields = {"version": rules.version, "text": text, "sha256": sha, "by": str(by), "at": now, "state": "draft"}
    with transaction.atomic():
        if instead_of is None:
            row = LadderVersion.objects.create(ref=reference("V"), work=DONE, due_at=micros(now), **fields)
        else:
            if not LadderVersion.objects.filter(pk=instead_of.pk, state__in=("draft", "simulated"), work=DONE).update(**fields):
                raise Refused("ladder_not_open", instead_of.ref)
            row = instead_of
            row.refresh_from_db()
        write(by, "ladder.drafted", f"ladder:{row.ref}", {"version": row.version, "sha256": sha}, now)
    return row


def simulate(row: LadderVersion, days: int, by: Actor, now: datetime) -> None:
    """Have the stage `enforcement.rehearse` replay the last `days` on it. Raises Refused: `window` (days), `ladder_not_open`."""
    if not 1 <= days <= MOST_DAYS:
        raise Refused("window", f"1 to {MOST_DAYS} days")
    with transaction.atomic():
        fresh = {"state": "simulating", "days": days, "until": now, "baseline": digest(in_force()), "cursor": 0, "replayed": 0,
                 "total": to_replay(days, now).count(), "counts": {}, "work": DUE, "due_at": micros(now), "tries": 0, "fault": ""}
        if not LadderVersion.objects.filter(pk=row.pk, state__in=OPEN).update(**fresh):
            raise Refused("ladder_not_open", row.ref)
        SimulatedCase.objects.filter(ladder=row).delete()
        write(by, "ladder.simulation_asked", f"ladder:{row.ref}", {"days": days, "sha256": row.sha256}, now)


def discard(row: LadderVersion, by: Actor, now: datetime) -> None:
    """Put a draft away; it is kept. One that is being simulated stops. Raises Refused: `ladder_not_open`."""
    with transaction.atomic():
        if not LadderVersion.objects.filter(pk=row.pk, state__in=("draft", "simulating", "simulated")).update(state="discarded"):
            raise Refused("ladder_not_open", row.ref)
        write(by, "ladder.discarded", f"ladder:{row.ref}", {"sha256": row.sha256}, now)


def activate_version(row: LadderVersion, by: Actor, now: datetime, seen: str) -> None:
    """Put a simulated version in force. `seen` is the SHA-256 of the text that the officer's page showed.

    Raises Refused: `ladder_not_simulated`, `changed` (its text is no longer what was shown, or the ladder in force is another than
    the one it was compared with).
    """
    if row.state != "simulated":
        raise Refused("ladder_not_simulated", row.ref)
    if seen != row.sha256 or row.baseline != digest(in_force()):
        raise Refused("changed", row.ref)
    _put(row.text.encode(), row.version, by, now, row)


def activate(file: Path, by: Actor, now: datetime) -> dict[str, Any]:
    """Put a checked file in force (a command's way); returns its version and hash. Raises PolicyError, OSError."""
    rules = load_ladder(file)
    return _put(file.read_bytes(), rules.version, by, now)


def _put(raw: bytes, version: str, by: Actor, now: datetime, row: LadderVersion | None = None) -> dict[str, Any]:
    """Write DATA/policy/ladder.toml, and keep what was in force before and what is now."""
    folder = current().data / "policy"
    folder.mkdir(exist_ok=True, mode=0o700)
    told = {"version": version, "sha256": hashlib.sha256(raw).hexdigest()}
    before = in_force()
    fresh = folder / f"ladder.toml.{os.getpid()}.new"
    with fresh.open("wb") as out:
        out.write(raw)
        out.flush()
        os.fsync(out.fileno())
    try:
        with transaction.atomic():
            _record(row, raw, told, before, by, now)
            fresh.replace(folder / NAME)
    finally:
        fresh.unlink(missing_ok=True)
    return told


def _record(row: LadderVersion | None, raw: bytes, told: dict[str, Any], before: str, by: Actor, now: datetime) -> None:
    """Write which version was in force and which is now. Raises Refused: `changed` (another officer was first)."""
    if not LadderVersion.objects.filter(sha256=digest(before)).exists():
        LadderVersion.objects.create(ref=reference("V"), version=_version(before), text=before, sha256=digest(before), state="active", by="shipped",
                                     at=now, work=DONE, due_at=micros(now))
    LadderVersion.objects.filter(state="active").update(state="retired")
    if row is not None and (row.baseline != digest(in_force()) or not LadderVersion.objects.filter(
            pk=row.pk, state="simulated", sha256=row.sha256).update(state="active")):
        raise Refused("changed", row.ref)  # another officer was first
    row = row or LadderVersion.objects.filter(sha256=told["sha256"]).first() or LadderVersion(
        ref=reference("V"), version=told["version"], text=raw.decode("utf-8"), sha256=told["sha256"], by=str(by), at=now)
    row.state, row.activated_by, row.activated_at, row.work, row.due_at = "active", str(by), now, DONE, micros(now)
    row.save()
    write(by, "ladder.activated", "ladder", told, now)


def _version(text: str) -> str:
    rules: Ladder | None = read_ladder(text)[0]
    return rules.version if rules is not None else "?"
