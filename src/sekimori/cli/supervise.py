"""A small supervisor: start child processes, restart what dies, stop all on SIGTERM or Ctrl-C.

Children are processes, not threads: one committer owns the intake's writes, and a parser that takes its process down
takes nothing else with it.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

BACKOFF_S = (0.5, 1, 2, 5, 10, 30)
STEADY_S = 60
STOP_S = 15


@dataclass(slots=True)
class Child:
    """One supervised command. `failures` counts quick deaths in a row; it starts again after a minute of steady running."""

    name: str
    arguments: tuple[str, ...]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = 0
    again_at: float = 0.0


@dataclass(slots=True)
class Supervisor:
    """Keeps its children running until told to stop."""

    children: list[Child]
    environ: Mapping[str, str]
    stop: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Start everything and watch until `stop` is set (by SIGTERM, SIGINT or the caller)."""
        for sig in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sig, lambda *_: self.stop.set())
        try:
            while not self.stop.is_set():
                for child in self.children:
                    self._watch(child, time.monotonic())
                self.stop.wait(0.3)
        finally:
            self._end()

    def start(self) -> None:
        """Start all children once (they are watched from `run` on)."""
        for child in self.children:
            self._start(child)

    def _start(self, child: Child) -> None:
        child.process = subprocess.Popen([sys.executable, "-m", "sekimori", *child.arguments], env=dict(self.environ), start_new_session=True)
        child.started = time.monotonic()

    def _watch(self, child: Child, now: float) -> None:
        if child.process is None:
            if now >= child.again_at:
                self._start(child)
            return
        code = child.process.poll()
        if code is None:
            if child.failures and now - child.started > STEADY_S:
                child.failures = 0
            return
        delay = BACKOFF_S[min(child.failures, len(BACKOFF_S) - 1)]
        print(f"{child.name} ended ({code}); starting again in {delay} s", file=sys.stderr, flush=True)
        child.failures += 1
        child.process, child.again_at = None, now + delay

    def _end(self) -> None:
        running = [c.process for c in self.children if c.process and c.process.poll() is None]
        for p in running:
            os.killpg(p.pid, signal.SIGTERM)
        until = time.monotonic() + STOP_S
        for p in running:
            try:
                p.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(p.pid, signal.SIGKILL)
                p.wait()
