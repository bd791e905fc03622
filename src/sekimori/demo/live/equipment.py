"""Start a whole provider's equipment on loopback: Postfix, Dovecot, FreeRADIUS, the policy service; nothing of the machine's own is touched.

    reports  → Postfix :border     → LMTP → the desk's door
    members  → Postfix :submission (AUTH by Dovecot, policy service) → victim.example, where nothing answers: the mail stays queued
    letters  → Postfix :letters    → a maildir
    members  → Dovecot IMAP, FreeRADIUS (every password is `play`)
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from sekimori.demo.servers import dovecot, freeradius, postfix
from sekimori.demo.servers.loopback import free_port, listens, stop
from sekimori.settings import Settings

PASSWORD = "secret"  # noqa: S105 - of made-up members on throw-away servers
BORDER = "mx.isp.example"
VICTIM = "victim.example"
SERVERS = {"Postfix": (postfix.usable, "postfix"), "Dovecot": (dovecot.usable, "dovecot-imapd"), "FreeRADIUS": (freeradius.usable, "freeradius freeradius-utils")}
HELPERS = (Path("/usr/lib/sekimori/sekimori-helper"), Path(__file__).resolve().parents[4] / "deploy/sekimori-helper")
OUTGOING = f"""
smtpd_discard_ehlo_keywords = dsn
default_transport = virtual
transport_maps = inline:{{{{ {VICTIM}=smtp:[127.0.0.1]:9 }}}}
virtual_mailbox_domains =
virtual_mailbox_base = {{letters}}
virtual_mailbox_maps = static:all/
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
virtual_minimum_uid = 100
smtpd_recipient_limit = 2000
"""
SERVICES = """
127.0.0.1:{letters} inet n - n - - smtpd
  -o mynetworks=127.0.0.0/8
  -o smtpd_relay_restrictions=permit_mynetworks,reject
127.0.0.1:{submission} inet n - n - - smtpd
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_sasl_type=dovecot
  -o smtpd_sasl_path=inet:127.0.0.1:{sasl}
  -o smtpd_sasl_security_options=noanonymous
  -o smtpd_recipient_restrictions=check_policy_service,inet:127.0.0.1:{policy},permit_sasl_authenticated,reject
  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
"""
BEFORE = """
auth_mechanisms = plain
auth_cache_size = 1M
auth_cache_ttl = 1 hour
passdb {{
  driver = passwd-file
  deny = yes
  args = {lists}/dovecot/deny
}}
service auth {{
  inet_listener {{
    address = 127.0.0.1
    port = {sasl}
  }}
}}
"""


class Missing(Exception):
    """What `play --live` needs is not there. The text says what, and how to get it."""


def require() -> Path:
    """Return the root helper. Raises Missing with one line where a server, the helper or the rights are missing."""
    if os.getuid() != 0:
        raise Missing("play --live starts a Postfix and a Dovecot of its own, and their masters want root")
    away = [name for name, (usable, _) in SERVERS.items() if not usable()]
    if away:
        packages = " ".join(SERVERS[name][1] for name in away)
        raise Missing(f"play --live needs {', '.join(away)}: apt install {packages} (in a checkout: make servers)")
    helper = next((p for p in HELPERS if p.exists()), None)
    if helper is None:
        raise Missing(f"play --live needs the root helper: {HELPERS[0]} (deploy/sekimori-helper)")
    return helper


class Equipment:
    """The servers, and the settings by which a desk in `data` uses them. `door` is the port that reports are handed on to."""

    def __init__(self, data: Path) -> None:
        helper = require()
        self.folder = Path(tempfile.mkdtemp(prefix="skm-live-", dir="/tmp"))
        self.folder.chmod(0o755)
        self.door, self.submission, self.letters = free_port(), free_port(), free_port()
        self._sasl, self._policy = free_port(), free_port()
        self._helper = ("env", f"SEKIMORI_HELPER_CONF={self.folder}/helper.conf", sys.executable, str(helper))
        self._started: list[postfix.Postfix | dovecot.Dovecot | freeradius.FreeRadius] = []
        self._daemon: subprocess.Popen[bytes] | None = None
        try:
            self._start(data)
        except BaseException:
            self.close()
            raise

    def _start(self, data: Path) -> None:
        lists = self.folder / "lists"
        for name in ("radius/suspended", "radius/filtered", "dovecot/deny", "postfix/logins"):
            (lists / name).parent.mkdir(mode=0o755, parents=True, exist_ok=True)
            (lists / name).touch(0o644)
        self.maildir = self.folder / "letters"
        self.maildir.mkdir()
        os.chown(self.maildir, 65534, 65534)
        environ = {**os.environ, "SEKIMORI_DATA": str(data), "SEKIMORI_ACTUATORS_FOLDER": str(lists)}
        self._daemon = subprocess.Popen([sys.executable, "-m", "sekimori", "actuators", "policy", "--listen", f"127.0.0.1:{self._policy}"], env=environ, stdout=subprocess.DEVNULL)
        self.dovecot = dovecot.Dovecot("", before=BEFORE.format(lists=lists, sasl=self._sasl))
        self._started.append(self.dovecot)
        self.radius = freeradius.FreeRadius(f'$INCLUDE {lists}/radius/suspended\n$INCLUDE {lists}/radius/filtered\nDEFAULT Cleartext-Password := "{PASSWORD}"\n')
        self._started.append(self.radius)
        self.postfix = postfix.Postfix(
            f"lmtp:inet:127.0.0.1:{self.door}", more=OUTGOING.format(letters=self.maildir),
            services=SERVICES.format(letters=self.letters, submission=self.submission, sasl=self._sasl, policy=self._policy))
        self._started.append(self.postfix)
        (self.folder / "stamp").touch()  # a start counts like a SIGHUP: within 5 s of it another is ignored
        (self.folder / "helper.conf").write_text(
            f"postfix_conf = {self.postfix.etc}\ndovecot_conf = {self.dovecot.folder}/dovecot.conf\nradius_pid = {self.radius.folder}/radius.pid\n"
            f"radius_users = {self.radius.folder}/users\nradius_stamp = {self.folder}/stamp\n", encoding="ascii")
        listens(self._policy, self._daemon, "the policy service")

    def settings(self, base: Settings) -> Settings:
        """Return a desk's settings with this equipment in place of its own."""
        mail = replace(base.mail, relay_host="127.0.0.1", relay_port=self.letters, authserv_ids=(BORDER,), authserv_below=True)
        acting = replace(base.actuators, enabled=("postfix", "dovecot", "radius"), helper=self._helper, folder=str(self.folder / "lists"),
                         policy_listen=f"127.0.0.1:{self._policy}", radius_coa=f"127.0.0.1:{self.radius.coa}", radius_secret=freeradius.SECRET)
        return replace(base, synthetic=True, loopback=True, mail=mail, actuators=acting)

    def close(self) -> None:
        """Stop everything and take the folders away."""
        for server in reversed(self._started):
            server.close()
        if self._daemon is not None:
            stop(self._daemon, 20)
        shutil.rmtree(self.folder, ignore_errors=True)
