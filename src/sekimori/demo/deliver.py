"""Hand the demo reports in through the real LMTP door of a real intake process."""

from __future__ import annotations

import os
import smtplib
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sekimori.demo.envelope import Letter
from sekimori.demo.world import DOMAIN

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def door() -> Iterator[int]:
    """Run `sekimori intake serve` on a free port of loopback; yields the port."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = int(s.getsockname()[1])
    process = subprocess.Popen([sys.executable, "-m", "sekimori", "intake", "serve", "--lmtp", f"127.0.0.1:{port}"], env=dict(os.environ))
    try:
        _wait(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"the intake ended with {process.returncode}")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the intake did not start within 30 s")


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
