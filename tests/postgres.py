"""A throw-away PostgreSQL from Debian's package: its own folder, a unix socket, the server's own durable settings.

As a command it starts one, runs a command with its URL, and stops it:
`python tests/postgres.py -- pytest tests/intake` sets SEKIMORI_TEST_DATABASE for pytest.
In tests, the fixture `postgres_url` (tests/conftest.py) gives the URL of a server that lives as long as the test session.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

OWNER = "postgres"
"""initdb refuses root: as root, the server runs as the account that Debian's package made."""


def binaries() -> Path | None:
    """Return the folder of initdb and pg_ctl (Debian keeps them off PATH), the newest version first, or None."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[4]) if p.parts[4].isdigit() else 0)
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


class Cluster:
    """One server in a folder of its own. `url()` names a database; `crash()` is a power cut's little sister."""

    def __init__(self, folder: Path | None = None, buffers: str = "32MB") -> None:
        path = binaries()
        if path is None:
            raise FileNotFoundError("PostgreSQL is not installed (make servers)")
        self.bin, self.buffers = path, buffers
        self.made = folder is None
        self.folder = folder or Path(tempfile.mkdtemp(prefix="skm-pg-", dir="/tmp"))
        self.data, self.log = self.folder / "data", self.folder / "log"
        self.as_user: dict[str, Any] = {}
        if os.getuid() == 0:
            owner = pwd.getpwnam(OWNER)
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
            self.as_user = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
        self.folder.chmod(0o755)

    def _run(self, *command: str) -> None:
        done = subprocess.run(
            [str(self.bin / command[0]), *command[1:]], cwd=self.folder, capture_output=True, text=True, timeout=120,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TZ": "UTC"}, **self.as_user)
        if done.returncode:
            raise RuntimeError(f"{command[0]}: {done.stderr or done.stdout}")

    def start(self) -> None:
        """Make the cluster if it is new, and start the server on a socket in its folder, without a port."""
        if not (self.data / "PG_VERSION").exists():
            self._run("initdb", "-D", str(self.data), "-U", "sekimori", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N")
        # fsync and synchronous_commit stay as shipped (on): what the tests prove must hold with them.
        self._run("pg_ctl", "-D", str(self.data), "-l", str(self.log), "-w", "-t", "60", "-o",
                  f"-k {self.folder} -c listen_addresses='' -c max_connections=60 -c shared_buffers={self.buffers}", "start")

    def stop(self, mode: str = "fast") -> None:
        """Stop the server; `immediate` skips the shutdown checkpoint, so that the next start recovers from the log."""
        self._run("pg_ctl", "-D", str(self.data), "-m", mode, "-w", "stop")

    def crash(self) -> None:
        """Stop at once and start again, as after a crash."""
        self.stop("immediate")
        self.start()

    def url(self, name: str = "postgres") -> str:
        """Return the URL of a database in this cluster (it need not exist: Django's test runner makes `test_…`)."""
        return f"postgresql://sekimori@/{name}?host={self.folder}"

    def create(self, name: str) -> str:
        """Make an empty database and return its URL."""
        self._run("createdb", "-h", str(self.folder), "-U", "sekimori", name)
        return self.url(name)

    def close(self) -> None:
        """Stop the server and take its folder away."""
        try:
            self.stop("immediate")
        except RuntimeError:
            pass
        if self.made:
            shutil.rmtree(self.folder, ignore_errors=True)


def main(command: list[str]) -> int:
    """Run a command beside a server of its own; returns the command's exit code."""
    try:
        cluster = Cluster()
        cluster.start()
    except FileNotFoundError as e:
        print(e, file=sys.stderr)
        return 1 if "postgresql" in os.environ.get("SEKIMORI_NEED", "").split(",") else 0
    try:
        return subprocess.run(command, env={**os.environ, "SEKIMORI_TEST_DATABASE": cluster.url("sekimori")}).returncode
    finally:
        cluster.close()


if __name__ == "__main__":
    words = sys.argv[1:]
    raise SystemExit(main(words[1:] if words[:1] == ["--"] else words))
