"""A throw-away FreeRADIUS from Debian's package: authentication with `users`, and a CoA port, on loopback."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from sekimori.demo.servers.loopback import NotStarted, free_port, stop

BINARY = "/usr/sbin/freeradius"
SECRET = "testing123"  # noqa: S105 - of a throw-away server on loopback
CONFIG = """
prefix = /usr
exec_prefix = /usr
sysconfdir = /etc
localstatedir = {folder}
sbindir = /usr/sbin
logdir = {folder}/log
raddbdir = {folder}
radacctdir = {folder}/log
name = freeradius
confdir = {folder}
modconfdir = {folder}/mods-config
certdir = {folder}
cadir = {folder}
run_dir = {folder}
db_dir = {folder}
libdir = /usr/lib/freeradius
pidfile = {folder}/radius.pid
max_requests = 1024
log {{ destination = files
  file = {folder}/log/radius.log
}}
security {{ allow_core_dumps = no
  max_attributes = 200
  reject_delay = 0
  status_server = no
}}
client localhost {{ ipaddr = 127.0.0.1
  secret = testing123
  require_message_authenticator = no
}}
thread pool {{ start_servers = 1
  max_servers = 2
  min_spare_servers = 1
  max_spare_servers = 1
}}
modules {{
  pap {{ }}
  files {{ filename = {folder}/users }}
  always ok {{ rcode = ok }}
}}
server default {{
  listen {{ type = auth
    ipaddr = 127.0.0.1
    port = {auth}
  }}
  listen {{ type = coa
    ipaddr = 127.0.0.1
    port = {coa}
  }}
  authorize {{
    files
    pap
  }}
  authenticate {{
    Auth-Type PAP {{
      pap
    }}
  }}
  recv-coa {{
    ok
  }}
  send-coa {{
    ok
  }}
}}
"""


def usable() -> bool:
    """Tell whether FreeRADIUS and its test client are installed."""
    return os.path.exists(BINARY) and shutil.which("radclient") is not None


class FreeRadius:
    """One server. `users` is its authorize file; `auth` and `coa` its ports; the secret is `testing123`."""

    def __init__(self, users: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="skm-fr-", dir="/tmp"))
        self.folder.chmod(0o755)
        self.auth, self.coa = free_port(), free_port()
        (self.folder / "log").mkdir()
        shutil.copy("/etc/freeradius/3.0/dictionary", self.folder / "dictionary")
        (self.folder / "users").write_text(users)
        (self.folder / "radiusd.conf").write_text(CONFIG.format(folder=self.folder, auth=self.auth, coa=self.coa))
        self._process = subprocess.Popen([BINARY, "-f", "-d", str(self.folder), "-n", "radiusd"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + 15
        while not self.ask("probe", "x"):
            if self._process.poll() is not None or time.monotonic() > end:
                log = self.folder / "log/radius.log"
                fault = log.read_text()[-800:] if log.exists() else "no log"
                self.close()
                raise NotStarted(f"freeradius did not start: {fault}")
            time.sleep(0.1)
        with contextlib.suppress(FileExistsError):
            (self.folder / "radius.pid").write_text(str(self._process.pid))

    def ask(self, login: str, password: str) -> str:
        """Return what the server says to a sign-on (radclient's text with the reply's attributes), "" for nothing."""
        done = subprocess.run(["radclient", "-x", "-t", "2", "-r", "1", f"127.0.0.1:{self.auth}", "auth", SECRET], capture_output=True, text=True,
                              input=f'User-Name = "{login}"\nUser-Password = "{password}"\n', timeout=20)
        return done.stdout.partition("Received ")[2]

    def close(self) -> None:
        """Stop the server and take its folder away."""
        stop(self._process)
        shutil.rmtree(self.folder, ignore_errors=True)
