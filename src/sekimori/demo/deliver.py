"""Hand the demo reports in through the real LMTP door of a real intake process."""

from __future__ import annotations

import os
import smtplib
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sekimori.demo.envelope import Letter
from sekimori.demo.servers.loopback import free_port, listens, stop
from sekimori.demo.world import DOMAIN

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def door() -> Iterator[int]:
    """Run `sekimori intake serve` on a free port of loopback; yields the port."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "sekimori", "intake", "serve", "--lmtp", f"127.0.0.1:{port}"], env=dict(os.environ))
    try:
        listens(port, process, "the intake")
        yield port
    finally:
        stop(process, 20)


def send(port: int, letters: Sequence[Letter], progress: Callable[[int], None]) -> int:
    """Send each letter to abuse@; returns how many were acknowledged. Connections are kept for 50 letters each."""
    done = 0
    for i in range(0, len(letters), 50):
        with smtplib.LMTP("127.0.0.1", port, timeout=30) as client:
            for letter in letters[i:i + 50]:
                client.sendmail(letter.sender, [f"abuse@{DOMAIN}"], letter.raw)
                done += 1
                progress(done)
    return done
