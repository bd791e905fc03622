"""A throw-away Dovecot from Debian's package with one user, `desk`, password `secret`: IMAP on loopback (root only)."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from sekimori.demo.servers.loopback import NotStarted, free_port, stop

CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
first_valid_uid = 1
mail_location = maildir:{folder}/mail/%u
{before}
passdb {{
  driver = static
  args = password=secret
}}
userdb {{
  driver = static
  args = uid=65534 gid=65534 home={folder}/home/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service stats {{
  chroot =
}}
{more}
"""


def usable() -> bool:
    """Tell whether Dovecot is installed and can be started (its master wants root)."""
    return os.getuid() == 0 and shutil.which("dovecot") is not None and Path("/usr/lib/dovecot/imap").exists()


class Dovecot:
    """One server; `port` speaks IMAP, `more` is further configuration, `before` what stands before the password check."""

    def __init__(self, more: str = "", *, before: str = "") -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="skm-dc-", dir="/tmp"))
        self.port = free_port()
        self.folder.chmod(0o755)
        for name in ("mail", "home"):
            (self.folder / name).mkdir()
            os.chown(self.folder / name, 65534, 65534)
        config = self.folder / "dovecot.conf"
        config.write_text(CONFIG.format(folder=self.folder, port=self.port, more=more, before=before))
        self._process = subprocess.Popen(["dovecot", "-F", "-c", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        end = time.monotonic() + 15
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1) as s:
                if s.recv(4) == b"* OK":
                    break
            if self._process.poll() is not None or time.monotonic() > end:
                fault = self._process.stderr.read() if self._process.poll() is not None and self._process.stderr else b""
                self.close()
                raise NotStarted(f"dovecot did not start: {fault!r}")
            time.sleep(0.05)

    def close(self) -> None:
        """Stop the server and take its folder away."""
        stop(self._process)
        if self._process.stderr:
            self._process.stderr.close()
        shutil.rmtree(self.folder, ignore_errors=True)
