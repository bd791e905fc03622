"""What the throw-away servers share: ports of loopback, how they start, end and fail."""

from __future__ import annotations

import socket
import subprocess
import time


class NotStarted(RuntimeError):
    """A server did not come up; the text holds what it said."""


def free_port() -> int:
    """Return a port of loopback that nobody listens on now."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def listens(port: int, process: subprocess.Popen[bytes], what: str, seconds: float = 30.0) -> None:
    """Wait until somebody listens on a port of loopback. Raises NotStarted where the process ends first or nobody does in time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise NotStarted(f"{what} did not start" + (f": it ended with {process.returncode}" if process.returncode is not None else f" within {seconds:.0f} s"))


def stop(process: subprocess.Popen[bytes], seconds: float = 10.0) -> None:
    """Ask a process to end; kill it when it has not in time."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
