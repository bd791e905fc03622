"""Calls of the root helper: a separate program with fixed verbs (deploy/sekimori-helper); nothing else here needs rights."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence

from sekimori.settings import current
from sekimori.values.outcomes import Outage
from sekimori.values.text import one_line

SECONDS = 30


def call(verb: str, *arguments: str) -> str:
    """Run one verb and return what it printed. Raises Outage: permanent where the helper refused, else to be repeated."""
    command: Sequence[str] = [*current().actuators.helper, verb, *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.TimeoutExpired) as e:
        raise Outage(f"helper {verb}: {type(e).__name__}") from e
    if done.returncode:
        raise Outage(f"helper {verb}: {one_line(done.stderr, 200)}", permanent=done.returncode == 2)
    return done.stdout
