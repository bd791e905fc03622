"""Put another ladder in force: checked, kept with its hash in the ledger, and read by every process within a batch."""

from __future__ import annotations

import hashlib
import os
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from sekimori.ledger.service import write
from sekimori.policy.load import load_ladder
from sekimori.settings import current
from sekimori.values.actors import Actor


def activate(file: Path, by: Actor, now: datetime) -> dict[str, Any]:
    """Copy a checked ladder to DATA/policy/ladder.toml; returns its version and hash. Raises PolicyError, OSError."""
    rules = load_ladder(file)
    raw = file.read_bytes()
    folder = current().data / "policy"
    folder.mkdir(exist_ok=True, mode=0o700)
    told = {"version": rules.version, "sha256": hashlib.sha256(raw).hexdigest()}
    fresh = folder / "ladder.toml.new"
    with fresh.open("wb") as out:
        out.write(raw)
        out.flush()
        os.fsync(out.fileno())
    with transaction.atomic():
        write(by, "ladder.activated", "ladder", told, now)
        fresh.replace(folder / "ladder.toml")
    return told
