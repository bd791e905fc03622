"""A throw-away Postfix from Debian's package, with its own tree below /tmp: SMTP on loopback, mail handed on as `transport` says.

Its master needs root; the folders are 0755 up to `/` (its daemons run as `postfix`), nothing is chrooted.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from sekimori.demo.servers.loopback import NotStarted, free_port

MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/spool
data_directory = {folder}/lib
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
myhostname = mx.isp.example
mydestination =
relay_domains = isp.example
relay_transport = {transport}
smtpd_relay_restrictions = reject_unauth_destination
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks =
maillog_file = {folder}/log/mail.log
maillog_file_prefixes = {folder}
minimal_backoff_time = 1s
maximal_backoff_time = 2s
queue_run_delay = 1s
lmtp_connect_timeout = 3s
smtpd_tls_security_level = none
smtputf8_enable = no
alias_maps =
alias_database =
{more}
"""
MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
local unix - n n - - local
virtual unix - n n - - virtual
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
{services}
"""


def usable() -> bool:
    """Tell whether Postfix is installed and can be started (its master wants root)."""
    return os.getuid() == 0 and shutil.which("postfix") is not None and Path("/usr/lib/postfix/sbin/master").exists()


class Postfix:
    """One instance. `port` speaks SMTP for isp.example; `transport` is where its mail goes (`lmtp:inet:127.0.0.1:2424`)."""

    def __init__(self, transport: str, *, more: str = "", services: str = "") -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="skm-px-", dir="/tmp"))
        self.folder.chmod(0o755)
        self.port = free_port()
        self.etc = self.folder / "etc"
        for name in ("etc", "spool", "lib", "log"):
            (self.folder / name).mkdir(mode=0o755)
        shutil.chown(self.folder / "lib", "postfix")
        (self.etc / "main.cf").write_text(MAIN.format(folder=self.folder, transport=transport, more=more))
        (self.etc / "master.cf").write_text(MASTER.format(port=self.port, services=services))
        done = self.run("postfix", "-c", str(self.etc), "start")
        end = time.monotonic() + 20
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=2) as s:
                if s.recv(3) == b"220":
                    return
            if done.returncode or time.monotonic() > end:
                fault = done.stderr + self.log()
                self.close()
                raise NotStarted(f"postfix did not start: {fault}")
            time.sleep(0.1)

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run one of Postfix's commands."""
        return subprocess.run(command, capture_output=True, text=True, timeout=60, env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "MAIL_CONFIG": str(self.etc)})

    def log(self) -> str:
        """Return what it has logged."""
        path = self.folder / "log/mail.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def queue(self, *queues: str) -> list[str]:
        """Return the queue ids of what waits, in all of its queues or in those named."""
        found = []
        for name in queues or ("incoming", "active", "deferred", "hold", "maildrop"):
            found += [p.name for p in (self.folder / "spool" / name).rglob("*") if p.is_file()]
        return sorted(found)

    def flush(self) -> None:
        """Try what is deferred at once."""
        self.run("postqueue", "-c", str(self.etc), "-f")

    def close(self) -> None:
        """Stop the instance and take its folder away."""
        self.run("postfix", "-c", str(self.etc), "stop")
        shutil.rmtree(self.folder, ignore_errors=True)
